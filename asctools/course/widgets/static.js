// What stands in for a kernel on a static page: a model with the methods that anywidget's has.
// Called with {esm, css, state} by the inline script that follows the figure's <noscript>.
(figure) => {
  const root = document.currentScript.parentElement;
  const listeners = {};
  const model = {
    get: (key) => figure.state[key],
    set(key, value) {
      if (JSON.stringify(value) === JSON.stringify(figure.state[key])) return;
      figure.state[key] = value;
      listeners[`change:${key}`]?.forEach((listener) => listener());
    },
    on: (event, listener) => (listeners[event] ??= new Set()).add(listener),
    off: (event, listener) => listeners[event]?.delete(listener),
    save_changes() {},
  };
  const style = document.createElement('style');
  style.textContent = figure.css;
  const el = document.createElement('div');
  root.append(style, el);
  const address = URL.createObjectURL(new Blob([figure.esm], { type: 'text/javascript' }));
  import(address)
    .then((module) => module.default.render({ model, el }))
    .catch((error) => {
      console.error(error);
      el.innerHTML = root.querySelector('noscript').textContent;
    })
    .finally(() => URL.revokeObjectURL(address));
}
