// The training-log player: a training as its event log tells it, event by event.
//
// One ES module in the form that anywidget expects. What it counts is what
// asctools.eventlog.dfg.discover counts in the same events; the tests compare the two.
// Comments stand on lines of their own: the page gets the module without them.

// How many times slower than it was. Readers who want no motion get iterations at a time instead;
// at the slowest speed an event at a time.
const SPEEDS = [1000, 100, 10, 1];
const AT_A_TIME = { 100: 1, 10: 10, 1: 60 };
// Seconds of the training: what is shorter is shown as long as this
const SHORTEST = 1e-4;
// Milliseconds on the screen: what would be longer is cut
const LONGEST = 1600;
// The part of an operation's time in which the marker gets there.
const TRAVEL = 0.45;
// Milliseconds between two stops for readers who want no motion.
const BEAT = 600;
const KEYS = ['run', 'at', 'speed'];
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_';

// ---- arithmetic ----

// A time in two symbols: eight bits, shifted by up to fifteen places; microseconds.
const micro = (v) => (v % 256) * 2 ** Math.floor(v / 256);
const times = (text) => text.match(/../g).map(([a, b]) => micro(64 * DIGITS.indexOf(a) + DIGITS.indexOf(b)) / 1e6);

// One run, event by event: its activity, whether it begins a case, its epoch and iteration, the
// seconds since the event before it in the case. `known` says after how many events each
// iteration's loss is known, `looks` the same of validation losses, `ends` where iterations end.
export function unpack({ names, words }, run) {
  const all = { ...run, codes: [], begins: [], epochs: [], iterations: [], known: [], looks: [], ends: [] };
  const [forward, validation] = ['ForwardPass', 'Validation'].map((name) => names.indexOf(name));
  let [epoch, iteration] = [0, 0];
  run.path.split(' ').forEach((token) => {
    const [word, often = 1] = token.split('x');
    for (let n = 0; n < +often; n += 1) {
      const [begins, counts, ...codes] = words[word];
      epoch += begins;
      iteration += counts;
      codes.forEach((code, place) => {
        all.begins.push(begins === 1 && place === 0);
        all.codes.push(code);
        all.epochs.push(epoch);
        all.iterations.push(iteration);
        if (code === forward && all.known.length < iteration) all.known.push(all.codes.length);
        if (code === validation) all.looks.push(all.codes.length);
      });
      if (counts) all.ends.push(all.codes.length);
    }
  });
  all.seconds = times(run.seconds);
  all.length = all.codes.length;
  all.deviations = run.deviations.map(([sentence, steps]) => {
    let at = 0;
    return [sentence, steps.split(' ').map((step) => (at += parseInt(step, 36)))];
  });
  return all;
}

const how = (places, k) => places.filter((place) => place <= k).length;

// The directly-follows graph of the first k events: for each arc, "a b" by number, and for each
// activity its count and seconds. START and END are the last two numbers; a case that goes on has
// no end yet.
export function tally(run, size, k) {
  const arcs = {};
  const events = Array.from({ length: size }, () => [0, 0]);
  const add = (a, b, seconds) => {
    const arc = (arcs[`${a} ${b}`] ??= [0, 0]);
    arc[0] += 1;
    arc[1] += seconds;
  };
  const { codes, begins, seconds } = run;
  for (let j = 0; j < k; j += 1) {
    if (begins[j] && j) add(codes[j - 1], size + 1, 0);
    add(begins[j] ? size : codes[j - 1], codes[j], seconds[j]);
    events[codes[j]][0] += 1;
    events[codes[j]][1] += seconds[j];
  }
  if (k && k === run.length) add(codes[k - 1], size + 1, 0);
  return { arcs, events };
}

// ---- words ----

// A text that may hold anything, for HTML.
const safe = (text) => `${text}`.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);
const plural = (n, one) => `${n} ${one}${n === 1 ? '' : 's'}`;
const number = (v) => (v === null ? 'not finite' : Math.abs(v) < 1000 ? v.toFixed(3) : v.toPrecision(4)).replace('-', '−');
const shortTime = (s) => (s < 1e-3 ? `${Math.round(s * 1e6)} µs` : s < 1 ? `${(s * 1e3).toPrecision(3)} ms` : `${s.toPrecision(3)} s`);

// Where one is after k events.
export function spot(run, k) {
  const losses = how(run.known, k);
  return {
    epoch: k ? run.epochs[k - 1] : 0,
    iteration: k ? run.iterations[k - 1] : 0,
    loss: losses ? run.losses[losses - 1] : undefined,
    validation: how(run.looks, k) ? run.validations[how(run.looks, k) - 1] : undefined,
    deviations: run.deviations.reduce((sum, [, places]) => sum + how(places, k), 0),
  };
}

// What the report says of the last event.
const here = (run, k) => run.deviations.filter(([, places]) => places.includes(k)).map(([sentence]) => sentence);

// One sentence on the last event, one on the training so far.
export function describe(run, names, k) {
  if (!k) return `Nothing has happened yet in the run “${run.name}”. It has ${plural(run.length, 'event')}.`;
  const { epoch, iteration, loss, deviations } = spot(run, k);
  const took = run.begins[k - 1] ? '' : `, ${shortTime(run.seconds[k - 1])} after the one before`;
  return `Event ${k} of ${run.length} is ${names[run.codes[k - 1]]}${took}. Epoch ${epoch}, iteration ${iteration}${
    loss === undefined ? '' : `, loss ${number(loss)}`}; ${deviations ? plural(deviations, 'deviation') : 'no deviation'} so far.${
    here(run, k).map((sentence) => ` Here ${sentence}.`).join('')}`;
}

// ---- the graph ----

const path = (look, d, more = '') => `<path class="${look}" d="${d}"${more}/>`;
const label = (look, x, y, words, more = '') => `<text class="${look}" x=${x} y=${y}${more}>${words}</text>`;
// Of arcs: those that no healthy run takes, and the usual ones, on and back.
const LOOKS = ['strange', '', 'back'];

// The arrow's shaft, which ends where its head begins, and the head.
function arrow(d) {
  const [x0, y0, x, y] = d.match(/-?[\d.]+/g).slice(-4).map(Number);
  const far = Math.hypot(x - x0, y - y0) || 1;
  const [u, v] = [(x - x0) / far, (y - y0) / far];
  const at = (back, side) => `${(x - back * u - side * v).toFixed(1)} ${(y - back * v + side * u).toFixed(1)}`;
  return [d.replace(/\S+ \S+$/, at(7, 0)), `M${x} ${y}L${at(9, 4.4)}L${at(9, -4.4)}z`];
}

function box([x, y, w, h, ...lines], n, size) {
  if (n >= size) return `<g class="end ${n > size ? '' : 'first'}" data-node=${n}><circle cx=${x} cy=${y} r=${w / 2} />${n > size ? `<circle class=core cx=${x} cy=${y} r=${w / 4} />` : ''}</g>`;
  const [left, top] = [x - w / 2, y - h / 2];
  const first = y - 5 - 6.5 * (lines.length - 1) + (lines.length - 1) * -0.5;
  return `<g class=node data-node=${n}><rect class=ground x=${left} y=${top} width=${w} height=${h} rx=6 />
<rect class=heat x=${left} y=${top} width=${w} height=${h} rx=6 /><rect class=done x=${left} y=${top} width=0 height=${h} rx=6 />
<rect class=edge x=${left} y=${top} width=${w} height=${h} rx=6 />
${lines.map((line, i) => label('called', x, first + 13 * i + 2, safe(line))).join('')}${label('fine', x, top + h - 6, '', ` data-note=${n}`)}</g>`;
}

const picture = ({ size, nodes, arcs, width, height }) => `${arcs.map(([, , d, , usual], n) => {
  const [shaft, head] = arrow(d);
  return `<g class="arc ${LOOKS[usual]}" data-arc=${n}>${path('line', shaft)}${path('tip', head)}</g>`;
}).join('')}
${nodes.map((each, n) => box(each, n, size)).join('')}
${arcs.map(([, , , [x, y], usual], n) => label(usual ? 'fine' : 'fine strange', x, y + 3.5, '', ` data-many=${n}`)).join('')}
<circle class=marker data-marker r=7 />`;

// ---- the chart: loss over iterations, deviations below ----

const [LEFT, RIGHT, TOP, FOOT] = [28, 314, 10, 168];
const BAND = [178, 192];
const CHART = [320, 212];

// The chart is as high as the healthy run needs, and up to so many times as high for another. Loss
// beyond that leaves it at its upper edge.
const HIGHEST = 3;
export function scales(run, healthy) {
  const finite = (values) => values.filter((v) => v !== null);
  const low = Math.min(...finite(healthy.losses), ...finite(run.losses));
  const usual = Math.max(...finite(healthy.losses), ...finite(healthy.validations));
  const high = Math.max(usual, Math.min(HIGHEST * usual, Math.max(...finite(run.losses))));
  const most = Math.max(run.losses.length, healthy.losses.length, 2);
  const foot = Math.max(0, low - 0.1 * (high - low));
  return {
    high, foot, most,
    x: (iteration) => LEFT + ((RIGHT - LEFT) * (iteration - 1)) / (most - 1),
    y: (loss) => FOOT - (FOOT - TOP) * (loss === null ? 1 : Math.min(1, (loss - foot) / (high - foot || 1))),
  };
}

const curve = (losses, { x, y }) => losses.map((loss, n) => `${n ? 'L' : 'M'}${x(n + 1).toFixed(1)} ${y(loss).toFixed(1)}`).join('');

function chart(run, healthy, k) {
  const scale = scales(run, healthy);
  const { high, foot, most, x, y } = scale;
  const [seen, looks] = [how(run.known, k), how(run.looks, k)];
  const at = Math.max(1, spot(run, k).iteration);
  const ticks = [foot, high].map((v) => path('grid', `M${LEFT} ${y(v)}H${RIGHT}`) + label('end fine', LEFT - 5, y(v) + 4, v.toFixed(1))).join('');
  const rings = run.looks.slice(0, looks).map((place, n) =>
    `<circle class=look cx=${x(run.iterations[place - 1]).toFixed(1)} cy=${y(run.validations[n]).toFixed(1)} r=3.2 />`).join('');
  const marks = run.deviations.flatMap(([, places]) => places.filter((place) => place <= k))
    .map((place) => `M${x(Math.max(1, run.iterations[place - 1])).toFixed(1)} ${BAND[0]}V${BAND[1]}`).join('');
  const beyond = run.losses[seen - 1] === null || run.losses[seen - 1] > high;
  return `${ticks}${path('grid', `M${LEFT} ${BAND[1]}H${RIGHT}`)}
${run === healthy ? '' : path('ghost', curve(healthy.losses, scale))}${path('curve', curve(run.losses.slice(0, seen), scale))}${rings}
${path('alarm', marks)}${path('now', `M${x(at)} ${TOP - 4}V${BAND[1] + 3}`)}
${seen ? `<circle class=tip cx=${x(seen)} cy=${y(run.losses[seen - 1])} r=4 />` : ''}
${beyond ? label('fine alarmed', Math.min(x(seen) + 7, RIGHT - 60), TOP + 12, `↑ ${number(run.losses[seen - 1])}`) : ''}
${label('fine', LEFT, 207, '1')}${label('end fine', RIGHT, 207, most)}${label('mid fine', (LEFT + RIGHT) / 2, 207, 'iteration')}`;
}

// ---- the page ----

const ICONS = { play: 'M4 2l10 6-10 6z', pause: 'M3 2h4v12H3zM9 2h4v12H9z' };
const step = (what, sign) => `<button type=button data-step="${sign}${what}" aria-label="One ${what} ${sign === '-' ? 'back' : 'on'}">${sign === '-' ? '‹' : '›'}</button>`;
const pair = (what) => `<span class=pair>${step(what, '-')}<span aria-hidden=true>${what}</span>${step(what, '+')}</span>`;
const tile = (name, data) => `<div><dt>${name}<dd data-${data}></div>`;

const page = (id, { runs, graph }) => `<form class=asc-player aria-label="Training-log player" autocomplete=off>
<div class=runs role=radiogroup aria-label="Run">${runs.map(({ name }, n) =>
  `<label class=choice><input type=radio name=run value=${n}><span>${safe(name)}</span></label>`).join('')}</div>
<div class=transport><button type=button class=play data-play><svg viewBox="0 0 16 16" aria-hidden=true><path data-icon /></svg><span data-play-word></span></button>
${pair('event')}${pair('iteration')}<button type=button data-step="!">next deviation</button>
<span class=pace><label for=${id}speed>speed</label> <select id=${id}speed data-speed>${SPEEDS.map((v) => `<option value=${v}>${v === 1 ? 'as it was' : `${v} × slower`}</option>`).join('')}</select></span></div>
<div class=slider><label for=${id}at>event</label><input id=${id}at type=range min=0 step=1 data-at><output for=${id}at data-place></output></div>
<div class=stage>
<dl data-tiles>${tile('epoch', 'epoch')}${tile('iteration', 'iteration')}${tile('loss', 'loss')}${tile('deviations', 'deviations')}</dl>
<svg class=graph data-graph viewBox="0 0 ${graph.width} ${graph.height}" role=img>${picture(graph)}</svg>
<figure class=chart><figcaption><span class=asc-lstm>— loss</span> <span class=asc-lstm>○ validation</span> <span class=quiet data-ghost></span> <span class=asc-deviation>┃ deviation</span></figcaption>
<svg data-chart viewBox="0 0 ${CHART.join(' ')}" role=img></svg></figure>
<div class=found><p class=note data-verdict></p><ul data-found></ul><p class=note data-new-title></p><ul data-new></ul></div>
<p class=words data-words></p>
<p class=note>A box fills up while its operation runs. Its second line says how often it ran, and its share of the time so far.</p>
</div>
<p class=unseen role=status data-status></p>
<details><summary>All numbers</summary><div class=scroll tabindex=0 role=region aria-label="All numbers"><table><thead><tr><th>from<th>to<th>times<th>mean<th>in a healthy run</thead><tbody data-table></tbody></table></div></details></form>`;

// What the whole page shows, from the state alone.
function look({ names, graph, healthy }, run, k) {
  const { arcs, events } = tally(run, graph.size, k);
  const many = graph.arcs.map(([a, b]) => arcs[`${a} ${b}`] ?? [0, 0]);
  const whole = events.reduce((sum, [, seconds]) => sum + seconds, 0);
  const found = run.deviations.map(([sentence, places]) => [sentence, how(places, k)]).filter(([, n]) => n);
  const strange = graph.arcs.flatMap(([a, b, , , usual], n) => (usual || !many[n][0] ? [] : [[`${names[a]} → ${names[b]}`, many[n][0]]]));
  return { run, k, names, graph, healthy, many, events, whole, found, strange, at: spot(run, k), words: describe(run, names, k) };
}

function fillGraph(form, { graph, many, events, whole }) {
  const most = Math.max(1, ...many.map(([n]) => n));
  form.querySelectorAll('[data-arc]').forEach((node) => {
    const [n] = many[node.dataset.arc];
    const least = graph.arcs[node.dataset.arc][4] ? 1.1 : 2;
    node.classList.toggle('asleep', !n);
    node.firstElementChild.style.strokeWidth = n ? (least + (5 - least) * Math.sqrt(n / most)).toFixed(2) : '';
  });
  form.querySelectorAll('[data-many]').forEach((node) => {
    const n = many[node.dataset.many][0];
    node.textContent = n || '';
  });
  form.querySelectorAll('.node').forEach((node) => {
    const [n, seconds] = events[node.dataset.node];
    const share = whole ? seconds / whole : 0;
    node.classList.toggle('asleep', !n);
    node.querySelector('.heat').style.fillOpacity = (0.5 * share).toFixed(3);
    node.querySelector('[data-note]').textContent = n ? `${n} ×${share >= 0.005 ? ` · ${Math.round(100 * share)} %` : ''}` : '';
  });
}

const items = (rows) => rows.map(([words, n]) => `<li><b>${n} ×</b> ${safe(words)}`).join('');
const row = (cells) => `<tr>${cells.map((cell) => `<td>${safe(cell)}`).join('')}`;

function fillTable(node, { graph, names, many }) {
  node.innerHTML = graph.arcs.map(([a, b, , , usual], n) => (many[n][0]
    ? row([names[a], names[b], many[n][0], shortTime(many[n][1] / many[n][0]), usual ? 'yes' : 'no']) : '')).join('');
}

function fill(form, view) {
  const { run, k, at, healthy, found, strange, names } = view;
  const one = (name) => form.querySelector(`[data-${name}]`);
  const put = (name, words) => {
    const node = one(name);
    if (node.textContent !== words) node.textContent = words;
  };
  put('epoch', `${at.epoch} of ${run.epochs.at(-1)}`);
  put('iteration', `${at.iteration} of ${run.losses.length}`);
  put('loss', at.loss === undefined ? '–' : number(at.loss));
  put('deviations', `${at.deviations}`);
  one('words').classList.toggle('wrong', here(run, k).length > 0);
  one('deviations').parentElement.classList.toggle('alarmed', at.deviations > 0);
  put('place', `${k} of ${run.length}`);
  put('words', view.words);
  put('ghost', run === healthy ? '' : `┄ ${healthy.name}`);
  const over = k === run.length;
  put('verdict', found.length ? 'Found by the report so far:' : `The report finds no deviation ${over ? 'in this run' : 'so far'}.`);
  one('found').innerHTML = items(found);
  put('new-title', strange.length ? 'Arcs of no healthy run:' : '');
  one('new').innerHTML = items(strange);
  fillGraph(form, view);
  one('chart').innerHTML = chart(run, healthy, k);
  if (one('table').closest('details').open) fillTable(one('table'), view);
  const slider = one('at');
  slider.max = run.length;
  slider.value = k;
  slider.setAttribute('aria-valuetext', view.words);
  const ahead = run.deviations.some(([, places]) => places.at(-1) > k);
  form.querySelector('[data-step="!"]').setAttribute('aria-disabled', !ahead);
  one('chart').setAttribute('aria-label', `Loss over ${run.losses.length} iterations, up to iteration ${at.iteration}: ${
    at.loss === undefined ? 'none yet' : number(at.loss)}. ${plural(at.deviations, 'deviation')} below.`);
  one('graph').setAttribute('aria-label', `Directly-follows graph of the first ${plural(k, 'event')}: ${
    strange.length ? `${plural(strange.length, 'arc')} of no healthy run. ` : ''}All counts stand in the table below.`);
}

// How far to go with one step: the number of events after it.
export function stepped(run, k, what) {
  const bound = (n) => Math.max(0, Math.min(run.length, n));
  if (what === '+event') return bound(k + 1);
  if (what === '-event') return bound(k - 1);
  if (what === '+iteration') return run.ends.find((end) => end > k) ?? run.length;
  if (what === '-iteration') return run.ends.findLast((end) => end < k) ?? 0;
  const ahead = run.deviations.flatMap(([, places]) => places).filter((place) => place > k);
  return ahead.length ? Math.min(...ahead) : k;
}

// Milliseconds on the screen that event k takes.
export const wait = (run, k, speed) => Math.min(LONGEST, 1000 * speed * Math.max(SHORTEST, run.seconds[k]));

function render({ model, el }) {
  const [names, words, graph] = ['names', 'words', 'graph'].map((key) => model.get(key));
  const runs = model.get('runs').map((run) => unpack({ names, words }, run));
  const log = { names: [...names, 'START', 'END'], graph, healthy: runs[0] };
  el.innerHTML = page(`p${Math.random().toString(36).slice(2)}-`, { runs, graph });
  const form = el.firstElementChild;
  const one = (name) => form.querySelector(`[data-${name}]`);
  form.querySelectorAll('button, input, select, [tabindex], summary').forEach((node) => { node.dataset.lmSuppressShortcuts = ''; });
  const lines = [...form.querySelectorAll('.arc .line')];
  const place = new Map(graph.arcs.map(([a, b], n) => [`${a} ${b}`, n]));
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  // the frame that is asked for, its last time, and how much of the next event has passed
  let [frame, last, part] = [0, 0, 0];
  let told = [];

  const run = () => runs[model.get('run')];
  const now = () => Math.min(model.get('at'), run().length);
  const say = (words) => { one('status').textContent = words; };

  // The marker: at the end of the arc that was taken last, or on its way along the next.
  function mark() {
    const [at, k] = [run(), now()];
    const going = part > 0 && k < at.length;
    const j = going ? k : Math.max(0, k - 1);
    const arc = place.get(`${at.begins[j] ? graph.size : at.codes[j - 1]} ${at.codes[j]}`);
    const line = lines[arc];
    const way = going ? Math.min(1, part / TRAVEL) : k ? 1 : 0;
    const { x, y } = line.getPointAtLength(way * line.getTotalLength());
    const marker = one('marker');
    marker.setAttribute('cx', x.toFixed(1));
    marker.setAttribute('cy', y.toFixed(1));
    marker.classList.toggle('alarmed', !graph.arcs[arc][4]);
    form.querySelectorAll('.here').forEach((node) => node.classList.remove('here', 'wrong'));
    form.querySelectorAll('.done').forEach((node) => node.setAttribute('width', 0));
    if (k || going) line.parentElement.classList.add('here');
    if (!k && !going) return;
    const node = form.querySelector(`[data-node="${at.codes[j]}"]`);
    const done = going ? Math.max(0, part - TRAVEL) / (1 - TRAVEL) : 1;
    node.classList.toggle('here', done > 0);
    node.classList.toggle('wrong', !going && here(at, k).length > 0);
    node.querySelector('.done').setAttribute('width', done < 1 ? (done * graph.nodes[at.codes[j]][2]).toFixed(1) : 0);
  }

  function draw() {
    const view = look(log, run(), now());
    form.elements.run.value = `${model.get('run')}`;
    one('speed').value = model.get('speed');
    fill(form, view);
    mark();
    // a kind of deviation that was not there yet is said at once
    const kinds = view.found.map(([sentence]) => sentence);
    const fresh = kinds.filter((sentence) => !told.includes(sentence));
    if (frame && fresh.length) say(`Deviation: ${fresh.join('; ')}.`);
    told = kinds;
  }

  function put(changes) {
    Object.entries(changes).forEach(([key, value]) => model.set(key, value));
    model.save_changes();
  }
  function go(k) {
    part = 0;
    put({ at: k });
    mark();
    say(describe(run(), log.names, now()));
  }

  // Spend some milliseconds: on what is left of the next event, and on those after it.
  function spend(budget) {
    const [at, speed] = [run(), model.get('speed')];
    let k = now();
    let left = budget;
    while (k < at.length) {
      const whole = wait(at, k, speed);
      const rest = whole * (1 - part);
      if (left < rest) {
        part += left / whole;
        return k;
      }
      left -= rest;
      [k, part] = [k + 1, 0];
    }
    return k;
  }
  // For those who want no motion: from stop to stop.
  function jump() {
    let k = now();
    const often = AT_A_TIME[model.get('speed')];
    if (!often) return stepped(run(), k, '+event');
    for (let n = 0; n < often; n += 1) k = stepped(run(), k, '+iteration');
    return k;
  }
  function tick(time) {
    let k = now();
    if (!still.matches) k = spend(Math.min(100, time - last));
    else if (time - last < BEAT) return void (frame = requestAnimationFrame(tick));
    else k = jump();
    last = time;
    if (k !== now()) model.set('at', k);
    if (k >= run().length) return void pause();
    mark();
    frame = requestAnimationFrame(tick);
  }
  function button() {
    one('icon').setAttribute('d', ICONS[frame ? 'pause' : 'play']);
    one('play-word').textContent = frame ? 'Pause' : 'Play';
  }
  function play() {
    if (now() >= run().length) go(0);
    last = performance.now();
    frame = requestAnimationFrame(tick);
    button();
  }
  function pause() {
    if (frame) cancelAnimationFrame(frame);
    frame = 0;
    button();
    model.save_changes();
    say(describe(run(), log.names, now()));
  }
  // Another run, at the end of the same iteration.
  function change(to) {
    const [k, then, next] = [now(), run(), runs[to]];
    part = 0;
    const { iteration } = spot(then, k);
    const same = k >= then.length ? next.length : iteration ? next.ends[Math.min(iteration, next.ends.length) - 1] : 0;
    put({ run: to, at: same });
    if (!frame) say(describe(run(), log.names, now()));
  }

  form.addEventListener('input', ({ target }) => {
    if ('at' in target.dataset) {
      part = 0;
      put({ at: +target.value });
    }
    if ('speed' in target.dataset) put({ speed: +target.value });
    if (target.name === 'run') change(+target.value);
  });
  form.addEventListener('click', ({ target }) => {
    const on = target.closest('button');
    if (on && 'play' in on.dataset) (frame ? pause : play)();
    if (on?.dataset.step) go(stepped(run(), now(), on.dataset.step.replace('!', 'deviation')));
  });
  one('at').addEventListener('keydown', (event) => {
    const to = { PageUp: '+iteration', PageDown: '-iteration' }[event.key];
    if (!to) return;
    event.preventDefault();
    part = 0;
    put({ at: stepped(run(), now(), to) });
  });
  const seek = (event) => {
    const { left, width } = one('chart').getBoundingClientRect();
    const { most } = scales(run(), log.healthy);
    const x = ((event.clientX - left) * CHART[0]) / width;
    const iteration = Math.round(1 + ((most - 1) * (x - LEFT)) / (RIGHT - LEFT));
    part = 0;
    put({ at: run().ends[Math.max(1, Math.min(iteration, run().ends.length)) - 1] });
  };
  one('chart').addEventListener('pointerdown', seek);
  one('chart').addEventListener('pointermove', (event) => { if (event.buttons) seek(event); });
  form.querySelector('details').addEventListener('toggle', draw);
  form.addEventListener('submit', (event) => event.preventDefault());
  KEYS.forEach((key) => model.on(`change:${key}`, draw));
  button();
  draw();
  return () => {
    cancelAnimationFrame(frame);
    KEYS.forEach((key) => model.off(`change:${key}`, draw));
  };
}

export default { render };
