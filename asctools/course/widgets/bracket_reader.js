// The bracket reader: a string under the reader's hands, and what a trained network makes of it.
//
// One ES module in the form that anywidget expects. The arithmetic is that of
// asctools.numpy_lstm.cell with a head; the tests run it in a browser and compare.
// Comments stand on lines of their own: the page gets the module without them.

// letter, role (names the colour), what it is called
const GATES = [
  ['f', 'forget', 'forget gate'],
  ['i', 'input', 'input gate'],
  ['c_tilde', 'candidate', 'candidate'],
  ['o', 'output', 'output gate'],
];
const LETTERS = { f: 'f', i: 'i', c_tilde: 'c̃', o: 'o' };
const HOLDS = [null, 1, 0.9, 0.5];
const MOST = 120;
const KEYS = ['text', 'cursor', 'unit', 'hold'];

// ---- strings ----

export function depths(text) {
  let depth = 0;
  return [...text].map((symbol) => (depth += (symbol === '(') - (symbol === ')')));
}

// For each symbol, whether the string up to it is balanced: 1 or 0.
export function truths(text) {
  let lowest = 0;
  return depths(text).map((depth) => {
    lowest = Math.min(lowest, depth);
    return +(lowest === 0 && depth === 0);
  });
}

const valid = (text) => (truths(text).at(-1) ?? 1) === 1;

export const swap = (text, [i, j]) =>
  [...text].with(i, text[j]).with(j, text[i]).join('');

// Where two symbols make the difference between a valid string and a near miss. In a valid one
// they are a ground-level pair with letters alone inside, and brackets on both sides if possible;
// in a near miss the pair that stands the wrong way round. Null if there is no such pair.
export function pair(text) {
  if (!valid(text)) {
    const i = depths(text).indexOf(-1);
    const j = i + 1 + text.slice(i + 1).search(/[()]/);
    return i >= 0 && j > i && text[j] === '(' && valid(swap(text, [i, j])) ? [i, j] : null;
  }
  const depth = depths(text);
  const found = [...text.matchAll(/\([a-z]*\)/g)]
    .map(({ index, 0: whole }) => [index, index + whole.length - 1])
    .filter(([i]) => depth[i] === 1);
  const inner = ([i, j]) => /[()]/.test(text.slice(0, i)) && /[()]/.test(text.slice(j + 1));
  return found.find(inner) ?? found[0] ?? null;
}

// ---- arithmetic ----

// Two forms in one: neither sign of z meets a large exponential.
export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z));
  return (z < 0 ? e : 1) / (1 + e);
}

// Weights come as rows of whole millionths, written in base 36; a gate's rows are for [h, x].
export function unpack({ alphabet, ...parts }) {
  const row = (text) => text.split(' ').map((whole) => parseInt(whole, 36) / 1e6);
  const matrices = Object.entries(parts).map(([name, { W, b }]) => [name, { W: W.map(row), b: row(b) }]);
  return { alphabet, ...Object.fromEntries(matrices) };
}

// One symbol. x is one-hot, so W x is a column of W. hold: the forget gates' value, or null.
export function step({ alphabet, f, i, c, o, y }, symbol, before, hold) {
  const x = alphabet.indexOf(symbol);
  const units = before.h.length;
  const add = ({ W, b }) => W.map((row, n) =>
    before.h.reduce((sum, h, k) => sum + row[k] * h, b[n] + (row[units + x] ?? 0)));
  const at = { f: hold === null ? add(f).map(sigmoid) : f.b.map(() => hold) };
  at.i = add(i).map(sigmoid);
  at.c_tilde = add(c).map(Math.tanh);
  at.o = add(o).map(sigmoid);
  at.c_prev = before.c;
  at.c = at.f.map((kept, n) => kept * before.c[n] + at.i[n] * at.c_tilde[n]);
  at.h = at.c.map((state, n) => at.o[n] * Math.tanh(state));
  // The softmax of two scores is the sigmoid of their difference.
  const score = (k) => at.h.reduce((sum, h, n) => sum + y.W[k][n] * h, y.b[k]);
  at.balanced = sigmoid(score(1) - score(0));
  return at;
}

export function trace(network, text, hold = null) {
  const none = network.f.b.map(() => 0);
  let last = { c: none, h: none };
  return [...text].map((symbol) => (last = step(network, symbol, last, hold)));
}

// How two series go together, or null if one of them stands still.
export function correlation(xs, ys) {
  const off = (values) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return values.map((v) => v - mean);
  };
  const [dx, dy] = [off(xs), off(ys)];
  const dot = (a, b) => a.reduce((sum, v, n) => sum + v * b[n], 0);
  const spread = Math.sqrt(dot(dx, dx) * dot(dy, dy));
  return spread > 1e-12 ? dot(dx, dy) / spread : null;
}

// ---- words ----

const minus = (text) => text.replace('-', '−');
const fixed = (v, digits) => minus((Math.abs(v) < 0.5 / 10 ** digits ? 0 : v).toFixed(digits));
const four = (v) => fixed(v, 4);
const signed = (v) => (v === null ? 'none' : v > 0 ? `+${fixed(v, 2)}` : fixed(v, 2));
const says = (p) => (p > 0.5 ? 'balanced' : 'not balanced');
const quoted = (symbol) => `“${symbol}”`;

// The symbols after which the network's verdict is not the truth, from 1.
export const wrong = (ps, truth) =>
  ps.flatMap((p, t) => (+(p > 0.5) === truth[t] ? [] : [t + 1]));

// 4, 5, 6, 9 as "4 to 6, 9"
const runs = (numbers) => numbers.reduce((all, n) => {
  const last = all.at(-1);
  if (last && last[1] === n - 1) last[1] = n;
  else all.push([n, n]);
  return all;
}, []).map(([a, b]) => (a === b ? `${a}` : `${a}${b > a + 1 ? ' to ' : ', '}${b}`)).join(', ');

// One sentence on where network and truth differ, one on the end.
export function describe(text, ps, truth) {
  if (!text) return 'There is nothing to read yet: write some brackets.';
  const places = wrong(ps, truth);
  const where = places.length
    ? `Network and truth differ after ${places.length} of ${text.length} symbols: ${runs(places)}.`
    : `Network and truth agree after each of the ${text.length} symbols.`;
  const end = truth.at(-1) === 1;
  const right = (ps.at(-1) > 0.5) === end;
  return `${where} At the end the network says ${quoted(says(ps.at(-1)))} (${four(ps.at(-1))}), ${
    right ? 'and' : 'but'} the string is ${end ? 'balanced' : 'not balanced'}.`;
}

// What of a written text can be read, and a message about the rest.
export function readable(written) {
  const refused = [...new Set(written.replace(/[a-z()]/g, ''))];
  const text = written.replace(/[^a-z()]/g, '');
  const messages = [];
  if (refused.length) {
    const names = refused.slice(0, 5).map((s) => (s.trim() ? quoted(s) : 'a blank')).join(', ');
    messages.push(`Left out: ${names}. Only the letters a to z, ( and ) can be read.`);
  }
  if (text.length > MOST) messages.push(`Only the first ${MOST} symbols are kept.`);
  return [text.slice(0, MOST), messages.join(' ')];
}

// ---- the drawing: symbols, depth, cell state and verdict, one column for each symbol ----

const PANELS = { depth: [52, 112], c: [142, 212], p: [242, 302] };
const HEIGHT = 322;
const path = (look, d) => `<path class="${look}" d="${d}"/>`;
const label = (look, x, y, words) => `<text class="${look}" x=${x} y=${y}>${words}</text>`;
// The whole numbers around some values, zero and one among them; a rounding error opens no floor.
const around = (values) =>
  [Math.min(0, Math.floor(Math.min(...values) + 1e-6)), Math.max(1, Math.ceil(Math.max(...values) - 1e-6))];
const ranges = (depth, c) => ({ depth: around(depth), c: around(c), p: [0, 1] });
const height = (name, [low, high]) => {
  const [top, foot] = PANELS[name];
  return (v) => foot - ((foot - top) * (v - low)) / (high - low);
};

// What stands still while the symbols scroll: titles and axes.
function frame(range, unit) {
  const titles = {
    depth: ['asc-truth', 'true depth'],
    c: ['asc-cell', `cell state c of unit ${unit}`],
    p: ['asc-hidden', '● P(balanced)<tspan class=asc-truth> □ truth</tspan><tspan class=asc-loss> ✕ they differ</tspan>'],
  };
  return Object.entries(titles).map(([name, [look, words]]) => {
    const y = height(name, range[name]);
    const ticks = name === 'p' ? [0, 0.5, 1] : [...new Set([range[name][0], 0, range[name][1]])];
    return label(look, 0, PANELS[name][0] - 12, words)
      + ticks.map((v) => label('end fine', 26, y(v) + 4, minus(`${v}`))).join('');
  }).join('');
}

function strip({ text, depth, c, ps, truth, range, pitch, cursor, marked }) {
  const x = (t) => (t + 0.5) * pitch;
  const wide = text.length * pitch;
  const [yd, yc, yp] = ['depth', 'c', 'p'].map((name) => height(name, range[name]));
  const each = (act) => [...text].map((symbol, t) => act(t, symbol)).join('');
  const steps = depth.map((d, t) => `${t ? 'L' : 'M'}${t * pitch} ${yd(d)}H${(t + 1) * pitch}`).join('');
  const lines = Object.entries(range).flatMap(([name, [low, high]]) =>
    [...new Set([low, name === 'p' ? 0.5 : 0, high])].map((v) =>
      path(`grid ${v === 0 || v === 0.5 ? 'zero' : ''}`, `M0 ${height(name, [low, high])(v)}H${wide}`)));
  const differ = wrong(ps, truth).map((t) => t - 1);
  return `<rect class=here x=${(cursor - 1) * pitch} width=${pitch} height=${HEIGHT} rx=3 />${lines.join('')}
${each((t, symbol) => label(`symbol ${/[a-z]/.test(symbol) ? '' : 'bracket'}`, x(t), 18, symbol))}
${(marked ?? []).map((t) => path('changed', `M${x(t) - 5} 24h10M${x(t) - 5} 27h10`)).join('')}
${path('area asc-truth', `${steps}V${yd(0)}H0z`)}${path('line asc-truth', steps)}
${path('line asc-cell', `M${c.map((v, t) => `${x(t)} ${yc(v)}`).join('L')}`)}
${each((t) => `<circle class="point asc-cell" cx=${x(t)} cy=${yc(c[t])} r=3 />`)}
${each((t) => path('stem asc-hidden', `M${x(t)} ${yp(0.5)}V${yp(ps[t])}`))}
${each((t) => `<rect class="goal asc-truth" x=${x(t) - 5} y=${yp(truth[t]) - 5} width=10 height=10 />`)}
${each((t) => `<circle class="dot asc-hidden" cx=${x(t)} cy=${yp(ps[t])} r=3 />`)}
${differ.map((t) => path('differ asc-loss', `M${x(t) - 4} 310l8 8m0-8l-8 8`)).join('')}`;
}

// ---- the page ----

const wire = (name, role = '') => `<b class="${role && `asc-${role}`}" data-wire=${name}></b>`;
const factor = (...named) => `<span class=factor>${wire(...named)}</span>`;
const button = (data, words) => `<button type=button data-${data}>${words}</button>`;

const page = (id, { units, samples }) => `<form class=asc-reader aria-label="Bracket reader" autocomplete=off>
<label class=name for=${id}text>String: letters a to z and ( )</label>
<input id=${id}text type=text data-text spellcheck=false autocapitalize=none autocorrect=off aria-describedby=${id}refused>
<p id=${id}refused class=refused data-refused role=status></p>
<div class=samples role=group aria-label="Ready-made strings">${samples.map(([name], n) => button(`sample=${n}`, name)).join('')}
${button('swap', 'Swap one ground-level pair')}</div>
<p class=note data-marked></p>
<div class=drawing><svg class=frame data-frame width=30 height=${HEIGHT} aria-hidden=true></svg>
<div class=scroll data-scroll tabindex=0 role=region aria-label="The string, symbol by symbol; arrow keys move the cursor">
<svg data-strip height=${HEIGHT} role=img></svg></div></div>
<div class=slider><label for=${id}cursor>symbol</label>
<input id=${id}cursor type=range min=1 step=1 data-cursor><output for=${id}cursor data-place></output></div>
<div class=choices><label class=name for=${id}unit>unit, and how its c goes with the depth</label>
<select id=${id}unit data-unit>${units.map(([n, r]) => `<option value=${n}>unit ${n}: ${signed(r)}</option>`).join('')}</select>
<div class=holds role=radiogroup aria-labelledby=${id}hold><span class=name id=${id}hold>hold the forget gates of all units at</span>
${HOLDS.map((v) => `<label class=choice><input type=radio name=hold value=${v}><span>${v === null ? 'free' : `${v}`}</span></label>`).join('')}</div></div>
<div class=gates>${GATES.map(([k, role, name]) => `<div class="gate asc-${role}"><span>${name} <i>${LETTERS[k]}</i></span>${wire(k, role)}
<svg viewBox="0 0 100 8" preserveAspectRatio=none aria-hidden=true><rect class=track width=100 height=8 /><rect class=level height=8 data-level=${k} /></svg></div>`).join('')}</div>
<p class=sum><span><i>c</i> = ${wire('f', 'forget')} · ${factor('c_prev', 'cell')}</span> <span>+ ${wire('i', 'input')} · ${factor('c_tilde', 'candidate')}</span> <span>= ${wire('c', 'cell')},</span>
<span><i>h</i> = <i>o</i> tanh <i>c</i> = ${wire('h', 'hidden')}</span></p>
<p class=verdict data-verdict></p>
<p class=words data-words role=status></p>
<p class=note data-goes></p>
<details><summary>All numbers</summary><div class=scroll tabindex=0 role=region aria-label="All numbers"><table><thead><tr><th>n<th>symbol<th>depth<th>c<th>P(balanced)<th>truth</thead><tbody data-table></tbody></table></div></details></form>`;

function fillTable(node, { text, depth, c, ps, truth, cursor }) {
  node.innerHTML = [...text].map((symbol, t) => `<tr ${t + 1 === cursor ? 'class=here' : ''}><td>${t + 1}<td>${symbol}<td>${
    minus(`${depth[t]}`)}<td>${four(c[t])}<td>${four(ps[t])}<td>${truth[t] ? 'balanced' : 'not'}`).join('');
}

function fillCell(each, at, unit) {
  const value = (name) => (at ? at[name][unit] : 0);
  each('wire', (node, name) => {
    node.textContent = at ? four(value(name)) : '–';
    // a negative number as a factor stands in brackets
    node.parentElement.classList.toggle('negative', node.textContent.startsWith('−'));
  });
  // The candidate's bar starts in the middle, which is zero.
  each('level', (node, name) => {
    const [low, high] = name === 'c_tilde' ? [50, 50 + 50 * value(name)].sort((a, b) => a - b) : [0, 100 * value(name)];
    node.setAttribute('x', low);
    node.setAttribute('width', high - low);
  });
}

function fillWords(each, view) {
  const { text, depth, ps, truth, cursor, marked, unit, goes, c } = view;
  const put = (name, words) => each(name, (node) => {
    if (node.textContent !== words) node.textContent = words;
  });
  const t = cursor - 1;
  const here = text ? `After symbol ${cursor} of ${text.length}, ${quoted(text[t])}: depth ${minus(`${depth[t]}`)}, c of unit ${unit} is ${
    four(c[t])}. The network says ${quoted(says(ps[t]))} (${four(ps[t])}); the truth is ${quoted(truth[t] ? 'balanced' : 'not balanced')}.` : '';
  put('verdict', here);
  put('place', text ? `${cursor} of ${text.length}` : '');
  put('words', describe(text, ps, truth));
  put('goes', `In this string c of unit ${unit} goes with the depth with correlation ${signed(goes)}.`);
  put('marked', !marked ? '' : `Symbols ${marked[0] + 1} and ${marked[1] + 1} (underlined) stand the wrong way round: all else is a valid string.`);
  each('cursor', (node) => {
    node.max = Math.max(1, text.length);
    node.value = cursor;
    node.disabled = !text;
    node.setAttribute('aria-valuetext', here || 'nothing');
  });
}

function render({ model, el }) {
  const network = unpack(model.get('network'));
  const [units, samples] = ['units', 'samples'].map((key) => model.get(key));
  el.innerHTML = page(`r${Math.random().toString(36).slice(2)}-`, { units, samples });
  const form = el.firstElementChild;
  const each = (name, act) =>
    form.querySelectorAll(`[data-${name}]`).forEach((node) => act(node, node.dataset[name]));
  const [field, scroll, svg, frameSvg] = ['text', 'scroll', 'strip', 'frame'].map((name) => form.querySelector(`[data-${name}]`));
  form.querySelectorAll('button, input, select, [tabindex], summary').forEach((node) => { node.dataset.lmSuppressShortcuts = ''; });
  const put = (changes) => {
    Object.entries(changes).forEach(([key, value]) => model.set(key, value));
    model.save_changes();
  };
  const tell = (message) => each('refused', (node) => { node.textContent = message; });
  // The last reading, as long as the string and the hold stay.
  let kept = {};
  const reading = (text, hold) => {
    if (kept.text !== text || kept.hold !== hold) kept = { text, hold, steps: trace(network, text, hold) };
    return kept.steps;
  };
  const place = (cursor) => Math.max(1, Math.min(cursor, model.get('text').length));

  function draw() {
    const [text, unit, hold] = ['text', 'unit', 'hold'].map((key) => model.get(key));
    const cursor = place(model.get('cursor'));
    const steps = reading(text, hold);
    const [depth, truth, c, ps] = [depths(text), truths(text), steps.map((at) => at.c[unit]), steps.map((at) => at.balanced)];
    const marked = valid(text) ? null : pair(text);
    const pitch = Math.max(12, Math.min(26, Math.floor((10 * (scroll.clientWidth || 600)) / Math.max(1, text.length)) / 10));
    const view = { text, depth, c, ps, truth, cursor, marked, unit, pitch, range: ranges(depth, c), goes: correlation(depth, c) };
    if (field.value !== text) field.value = text;
    each('sample', (node, n) => node.setAttribute('aria-pressed', samples[n][1] === text));
    each('swap', (node) => {
      node.setAttribute('aria-disabled', !pair(text));
      node.textContent = marked ? 'Swap the pair back' : 'Swap one ground-level pair';
    });
    each('unit', (node) => { node.value = unit; });
    form.elements.hold.value = `${hold}`;
    frameSvg.innerHTML = frame(view.range, unit);
    svg.setAttribute('width', text.length * pitch);
    svg.setAttribute('aria-label', `The string ${text || 'is empty'}: true depth, cell state of unit ${unit}, and verdict after each symbol. All numbers stand in the table below.`);
    svg.innerHTML = text && strip(view);
    fillCell(each, steps[cursor - 1], unit);
    fillWords(each, view);
    each('table', (node) => fillTable(node, view));
    // the cursor stays in sight
    const [left, right] = [(cursor - 1) * pitch, cursor * pitch];
    if (left < scroll.scrollLeft) scroll.scrollLeft = left - pitch;
    if (right > scroll.scrollLeft + scroll.clientWidth) scroll.scrollLeft = right + pitch - scroll.clientWidth;
  }

  function edit() {
    const [text, message] = readable(field.value);
    // the caret stays where it was, less what is left out before it
    const caret = readable(field.value.slice(0, field.selectionStart))[0].length;
    tell(message);
    if (field.value !== text) {
      field.value = text;
      field.setSelectionRange(caret, caret);
    }
    put({ text, cursor: Math.max(1, caret) });
  }
  const take = (text) => {
    tell('');
    put({ text, cursor: Math.max(1, text.length) });
  };
  const point = ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    const n = model.get('text').length;
    put({ cursor: place(1 + Math.floor(((clientX - left) * n) / width)) });
  };

  form.addEventListener('input', ({ target, isComposing }) => {
    if (target === field && !isComposing) edit();
    if ('cursor' in target.dataset) put({ cursor: +target.value });
    if ('unit' in target.dataset) put({ unit: +target.value });
    if (target.name === 'hold') put({ hold: JSON.parse(target.value) });
  });
  field.addEventListener('compositionend', edit);
  form.addEventListener('click', ({ target: { dataset } }) => {
    if (dataset.sample) take(samples[dataset.sample][1]);
    if (!('swap' in dataset)) return;
    const text = model.get('text');
    const places = pair(text);
    if (places) take(swap(text, places));
    else tell('This string has no ground-level pair with letters alone inside, or is wrong in another way.');
  });
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointermove', (event) => { if (event.buttons) point(event); });
  scroll.addEventListener('keydown', (event) => {
    const cursor = place(model.get('cursor'));
    const to = { ArrowLeft: cursor - 1, ArrowRight: cursor + 1, Home: 1, End: MOST }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    put({ cursor: place(to) });
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  KEYS.forEach((key) => model.on(`change:${key}`, draw));
  const watch = new ResizeObserver(draw);
  watch.observe(scroll);
  draw();
  return () => {
    watch.disconnect();
    KEYS.forEach((key) => model.off(`change:${key}`, draw));
  };
}

export default { render };
