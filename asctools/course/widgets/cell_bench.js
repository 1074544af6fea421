// The cell bench: one LSTM cell with its twelve numbers under the reader's hands.
//
// One ES module in the form that anywidget expects. The arithmetic is that of
// asctools.scalar.by_hand, line by line; the tests run it in a browser and compare.
// Comments stand on lines of their own: the page gets the module without them.

// letter, role (names the colour), squasher, what it is called
const GATES = [
  ['f', 'forget', 'σ', 'forget gate'],
  ['i', 'input', 'σ', 'input gate'],
  ['c', 'candidate', 'tanh', 'candidate'],
  ['o', 'output', 'σ', 'output gate'],
];
export const NAMES = GATES.flatMap(([k]) => [`w_${k}h`, `w_${k}x`, `b_${k}`]);
const COMPANIES = ['A', 'B'];
const KEYS = ['weights', 'days', 'day', 'company'];

// ---- arithmetic ----

// Two forms in one: neither sign of z meets a large exponential.
export function sigmoid(z) {
  const e = Math.exp(-Math.abs(z));
  return (z < 0 ? e : 1) / (1 + e);
}

// One day. w: twelve numbers in the order of NAMES; c_prev and h_prev are yesterday's.
export function step(w, x, c_prev, h_prev) {
  const [z_f, z_i, z_c, z_o] = [0, 3, 6, 9].map((k) => w[k] * h_prev + w[k + 1] * x + w[k + 2]);
  const [f, i, o] = [z_f, z_i, z_o].map(sigmoid);
  const c_tilde = Math.tanh(z_c);
  const kept = f * c_prev;
  const written = i * c_tilde;
  const c = kept + written;
  const tanh_c = Math.tanh(c);
  const h = o * tanh_c;
  return { x, c_prev, h_prev, z_f, f, z_i, i, z_c, c_tilde, z_o, o, kept, written, c, tanh_c, h };
}

export function trace(w, days) {
  let last = { c: 0, h: 0 };
  return days.map((x) => (last = step(w, x, last.c, last.h)));
}

// How much of day 1 reaches each day. lstm: f₂ ⋯ f_t, the slope of c_t in c₁ along the cell state.
// rnn: the slope of r_t in r₁ for the simple network r_t = tanh(w_ch r_{t−1} + w_cx x_t + b_c).
export function carried(w, days) {
  let [lstm, rnn, r] = [1, 1, 0];
  return trace(w, days).map(({ x, f }, t) => {
    r = Math.tanh(w[6] * r + w[7] * x + w[8]);
    if (t > 0) {
      lstm *= f;
      rnn *= w[6] * (1 - r * r);
    }
    return { lstm, rnn };
  });
}

// ---- words ----

const sub = (t) => String(t).replace(/\d/g, (d) => '₀₁₂₃₄₅₆₇₈₉'[d]);
const minus = (text) => text.replace('-', '−');
// Four decimals, as everywhere in the chapter, and no minus before a zero.
const four = (v) => minus((Math.abs(v) < 5e-5 ? 0 : v).toFixed(4));
// A number that the reader sets: all the decimals that it has, two at least.
const short = (v) => minus(v.toFixed(5).replace(/0{1,3}$/, ''));

// What the weights are called, if they are those of a stage.
const stageOf = (weights, stages) =>
  stages.find(([, w]) => w.every((v, k) => v === weights[k]))?.[0];

const called = (stage) =>
  stage ? `Weights ${isNaN(stage) ? `of the ${stage} cell` : `after ${stage} epochs`}` : 'New weights';

// One sentence on what differs between two states: the line that is read aloud.
export function describe(was, now, stages) {
  const says = ({ weights, days }, name) => four(trace(weights, days[name]).at(-1).h);
  const moved = (name, from, to) => from === to ? [] : [`${name} from ${short(from)} to ${short(to)}`];
  let what = NAMES.flatMap((name, k) => moved(name, was.weights[k], now.weights[k]));
  if (what.length > 1) what = [called(stageOf(now.weights, stages))];
  what.push(...COMPANIES.flatMap((name) => now.days[name].flatMap((x, t) =>
    moved(`x${sub(t + 1)} of ${name}`, was.days[name][t], x))));
  if (what.length) {
    return `${what.join(', ')}. ` + COMPANIES.map((name) => {
      const [before, after] = [says(was, name), says(now, name)];
      return `${name} says ${after}${after === before ? ' as before' : `, before ${before}`}`;
    }).join('; ') + '.';
  }
  const { day, company } = now;
  const at = trace(now.weights, now.days[company])[day - 1];
  return `Day ${day} of ${company}: ${four(at.kept)} kept and ${four(at.written)} written `
    + `make c${sub(day)} = ${four(at.c)}; h${sub(day)} = ${four(at.h)}.`;
}

// ---- the cell as a drawing, 370 × 280 ----

const [RAIL, MEET, TOP, FOOT, H_RAIL, X_RAIL] = [44, 104, 158, 208, 226, 240];
const AT = { f: 82, i: 142, c: 202, o: 262, r: 316 };

const path = (role, d) => `<path class="wire asc-${role}" d="${d}"/>`;
// A wire that ends in an arrowhead at (x, y); turn: 0 right, 90 down, −90 up.
const arrow = (role, d, x, y, turn) => path(role, d)
  + `<path class="tip asc-${role}" d="M0 0l-7-3.6v7.2z" transform="translate(${x} ${y}) rotate(${turn})"/>`;
const dot = (role, x, y) => `<circle class="tip asc-${role}" cx=${x} cy=${y} r=2.7 />`;
const ring = (role, x, y, sign) => `<g class="ring asc-${role}" transform="translate(${x} ${y})">
<circle r=8 /><path d="${sign === '+' ? 'M-4 0h8M0-4v8' : 'M-3-3l6 6m0-6l-6 6'}"/></g>`;
const text = (look, x, y, words, more = '') => `<text class="${look}" x=${x} y=${y} ${more}>${words}</text>`;
// A wire's number, behind or below its symbol; ago: 1 for a symbol of yesterday.
const value = (role, x, y, wire, symbol = wire, ago = 0, below = false) => text(`asc-${role}`, x, y,
  (symbol && `<tspan class=sym data-symbol=${symbol} data-ago=${ago}></tspan>`)
  + `<tspan ${below ? `x=${x} dy=14` : `dx=${symbol ? 4 : 0}`} data-wire=${wire}></tspan>`);
const squash = (role, x, y, name) => {
  const half = name === 'σ' ? 9 : 17;
  return `<g class="pill asc-${role}"><rect x=${x - half} y=${y - 9} width=${2 * half} height=18 rx=9 />
${text('mid', x, y + 4, name)}</g>`;
};

function gate([k, role, squasher], n) {
  const x = AT[k];
  const feed = (wire, from, at) => n < 3
    ? dot(wire, at, from) + arrow(wire, `M${at} ${from}V${FOOT + 5}`, at, FOOT, -90)
    : arrow(wire, `M${at - 6} ${from}q6 0 6-6V${FOOT + 5}`, at, FOOT, -90);
  return `<g class="gate asc-${role}"><rect x=${x - 27} y=${TOP} width=54 height=50 rx=7 />
<rect class=level x=${x - 25} width=50 rx=5 data-level=${k} /></g>${squash(role, x, TOP, squasher)}
${text('mid fine', x, TOP + 25, role)}${text('mid', x, TOP + 42, '', `data-wire=z_${k}`)}
${feed('hidden', H_RAIL, x - 8)}${feed('x', X_RAIL, x + 8)}`;
}

const drawing = () => `<svg class=drawing data-drawing viewBox="0 0 370 280" role=img>
${path('hidden', `M2 ${H_RAIL}H${AT.o - 14}`)}${path('x', `M64 276V${X_RAIL + 6}q0-6 6-6H${AT.o + 2}`)}
${GATES.map(gate).join('')}
${arrow('cell rail', `M2 ${RAIL}H${AT.f - 14}`, AT.f - 8, RAIL, 0)}
${arrow('cell rail', `M${AT.f + 8} ${RAIL}H${AT.c - 14}`, AT.c - 8, RAIL, 0)}
${arrow('cell rail', `M${AT.c + 8} ${RAIL}H362`, 368, RAIL, 0)}
${arrow('forget', `M${AT.f} ${TOP - 9}V${RAIL + 13}`, AT.f, RAIL + 8, -90)}
${arrow('input', `M${AT.i} ${TOP - 9}V${MEET + 8}q0-8 8-8H${AT.c - 13}`, AT.c - 8, MEET, 0)}
${arrow('candidate', `M${AT.c} ${TOP - 9}V${MEET + 13}`, AT.c, MEET + 8, -90)}
${arrow('candidate', `M${AT.c} ${MEET - 8}V${RAIL + 13}`, AT.c, RAIL + 8, -90)}
${arrow('output', `M${AT.o} ${TOP - 9}V${MEET + 8}q0-8 8-8H${AT.r - 13}`, AT.r - 8, MEET, 0)}
${arrow('cell', `M${AT.r} ${RAIL}V${MEET - 13}`, AT.r, MEET - 8, 90)}${dot('cell', AT.r, RAIL)}
${arrow('hidden', `M${AT.r} ${MEET + 8}V${H_RAIL - 8}q0 8 8 8H362`, 368, H_RAIL, 0)}
${squash('cell', AT.r, 69, 'tanh')}
${ring('forget', AT.f, RAIL)}${ring('cell', AT.c, RAIL, '+')}${ring('candidate', AT.c, MEET)}${ring('output', AT.r, MEET)}
${value('cell', 2, 33, 'c_prev', 'c', 1)}${value('cell end', 368, 33, 'c')}
${text('asc-cell', 104, 33, 'kept <tspan data-wire=kept></tspan>')}
${text('asc-candidate', AT.c + 6, 68, 'written')}${value('candidate', AT.c + 6, 82, 'written', '')}
${value('cell end', AT.r - 6, 92, 'tanh_c', '')}
${value('forget', AT.f + 6, 126, 'f', 'f', 0, true)}${value('input', AT.i + 6, 126, 'i', 'i', 0, true)}
${value('candidate', AT.c + 6, 126, 'c_tilde', 'c̃', 0, true)}${value('output', AT.o + 6, 126, 'o', 'o', 0, true)}
${value('hidden', 2, 198, 'h_prev', 'h', 1, true)}${value('hidden', AT.r + 6, 192, 'h', 'h', 0, true)}
${value('x', 72, 271, 'x')}${text('end fine', 368, 271, '', 'data-where')}</svg>`;

// ---- small charts over the days, 176 × 104 ----

const ROLES = { A: 'company-a', B: 'company-b' };
// Filled squares for what is on the right in its pair, open circles for the other.
const MARKS = { 'company-a': '○', 'company-b': '■', forget: '■', candidate: '▨', baseline: '○' };

// The whole numbers around some values, zero and `least` among them: axes that mostly stand still.
const around = (values, least) =>
  [Math.min(0, Math.floor(Math.min(...values))), Math.max(least, Math.ceil(Math.max(...values)))];

// Each chart: a title, low and high end of its axis, and series of [role, name, value of each day].
function charts({ weights, days }, targets) {
  const traces = COMPANIES.map((name) => trace(weights, days[name]));
  const left = COMPANIES.map((name) => carried(weights, days[name]));
  const memory = around(traces.flat().flatMap(({ c, kept }) => [c, kept]), 1);
  const share = around(left.flat().flatMap(({ lstm, rnn }) => [lstm, rnn]), 1);
  const both = (key) => COMPANIES.map((name, n) => [ROLES[name], name, traces[n].map((at) => at[key])]);
  const pair = (rows, ...which) => which.map(([role, name, key]) => [role, name, rows.map((at) => at[key])]);
  return {
    c: { title: 'long-term memory c', range: memory, series: both('c') },
    h: { title: 'short-term memory h', range: [-1, 1], series: both('h'), goals: COMPANIES.map((name) => targets[name]) },
    ...Object.fromEntries(COMPANIES.flatMap((name, n) => [
      [`parts-${name}`, { title: `${name}: kept ■ and written ▨`, range: memory, bars: true,
        series: pair(traces[n], ['forget', 'kept', 'kept'], ['candidate', 'written', 'written']) }],
      [`left-${name}`, { title: `${name}: left of day 1`, range: share,
        series: pair(left[n], ['forget', 'LSTM', 'lstm'], ['baseline', 'RNN', 'rnn']) }],
    ])),
  };
}

function chart({ range: [low, high], series, goals = [], bars }, day) {
  const days = series[0][2].length;
  const x = (t) => 36 + (t * 126) / Math.max(1, days - 1);
  const y = (v) => 84 - (76 * (v - low)) / (high - low);
  const bar = (role, t, n, from, to) => `<rect class="part asc-${role}" x=${x(t) - 11 + 11 * n} width=11
y=${y(Math.max(from, to))} height=${Math.abs(y(from) - y(to))} />`;
  const mark = (role, t, v) => MARKS[role] === '■'
    ? `<rect class="point asc-${role}" x=${x(t) - 3} y=${y(v) - 3} width=6 height=6 />`
    : `<circle class="point asc-${role}" cx=${x(t)} cy=${y(v)} r=3.2 />`;
  const stack = (t, kept, written) => bar(series[0][0], t, 0, 0, kept) + bar(series[1][0], t, 1, kept, kept + written);
  const curve = ([role, , values]) => path(`${role} ${MARKS[role] === '■' ? '' : 'dashed'}`, `M${values.map((v, t) => `${x(t)} ${y(v)}`).join('L')}`)
    + values.map((v, t) => mark(role, t, v)).join('');
  return [
    `<rect class=now x=${x(day - 1) - 15} width=30 height=88 rx=4 />`,
    ...[...new Set([low, 0, high])].map((v) =>
      `<path class="grid ${v ? '' : 'zero'}" d="M22 ${y(v)}h154"/>${text('end fine', 18, y(v) + 4, minus(`${v}`))}`),
    ...series[0][2].map((v, t) => text('mid fine', x(t), 101, t + 1) + (bars ? stack(t, v, series[1][2][t]) : '')),
    ...goals.map((v, n) => `<path class="goal asc-${series[n][0]}" d="M${x(days - 1) - 9} ${y(v)}h18"/>`),
    ...(bars ? [] : series.map(curve)),
  ].join('');
}

// ---- the page ----

const CHARTS = ['c', 'h', 'parts-A', 'parts-B', 'left-A', 'left-B'];
const unseen = (words) => `<span class=unseen>${words}</span>`;
const button = (data, words, name) =>
  `<button type=button data-${data} ${name ? `aria-label="${name}"` : ''}>${words}</button>`;
const choice = (name, value, words) => `<label class=choice>
<input type=radio name=${name} value=${value}><span>${words}</span></label>`;

function slider(id, k) {
  const [, , , gate] = GATES[Math.floor(k / 3)];
  const part = [', weight of h in the ', ', weight of x in the ', ', bias of the '][k % 3];
  return `<div class=slider><label for=${id}${k}>${NAMES[k].replace(/_(.+)/, '<sub>$1</sub>')}${unseen(part + gate)}</label>
<output for=${id}${k} data-weight=${k}></output>
<input id=${id}${k} type=range min=-6 max=6 step=.01 data-slider=${k}></div>`;
}

const company = (name, days) => choice('company', name, unseen('company ') + name) + days.map((_, t) =>
  `<label>${unseen(`x${sub(t + 1)} of ${name}`)}<input type=number step=.05 data-days=${name} data-t=${t}></label>`).join('')
  + `<output class=asc-${ROLES[name]} data-says=${name}></output>`;

const page = (id, stages, days) => `<form class=asc-bench aria-label="Cell bench" autocomplete=off>
<div class=stages role=group aria-label="Weights">${stages.map(([name]) =>
    button(`stage=${name}`, name, isNaN(name) ? '' : `${name} epochs`)).join('')}${button('reset', 'Reset')}</div>
<div class=days style="--n:${days.A.length}">${button('step=-1', '‹', 'Previous day')}
${days.A.map((_, t) => choice('day', t + 1, `day ${t + 1}`)).join('')}${button('step=1', '›', 'Next day')}
${COMPANIES.map((name) => company(name, days[name])).join('')}</div>
${drawing()}
<div class=gates><div class="gate-row heads" aria-hidden=true><i></i><i>× yesterday’s h</i><i>× today’s x</i><i>+ bias</i></div>${GATES.map(([, role, , name], n) => `<div class="gate-row asc-${role}" role=group aria-label="${name}">
<b>${name}</b>${[0, 1, 2].map((part) => slider(id, 3 * n + part)).join('')}</div>`).join('')}</div>
<div class=charts>${CHARTS.map((name) => `<figure data-chart=${name}><figcaption></figcaption>
<svg viewBox="0 0 176 104" role=img></svg></figure>`).join('')}</div>
<p class=note>Left of day 1. LSTM: f₂ ⋯ f<sub>t</sub>, the slope of c<sub>t</sub> in c₁ along the long-term memory.
RNN: the slope of r<sub>t</sub> in r₁ for r<sub>t</sub> = tanh(w<sub>ch</sub> r<sub>t−1</sub> + w<sub>cx</sub> x<sub>t</sub> + b<sub>c</sub>), which is the product of w<sub>ch</sub>(1 − r²) over days 2 to t.</p>
<div class=bar><p data-score></p><p data-news role=status>Move a slider, change a day, or take other weights.</p></div></form>`;

// ---- the page, brought up to date: each(name, act) acts on all elements with data-name ----

function fillControls(each, { weights, days, day, company }, stages) {
  each('stage', (node, name) => node.setAttribute('aria-pressed', name === stageOf(weights, stages)));
  each('step', (node, by) => node.setAttribute('aria-disabled', !(day - 1 + +by in days.A)));
  each('weight', (node, k) => { node.textContent = short(weights[k]); });
  each('slider', (node, k) => {
    node.value = weights[k];
    node.setAttribute('aria-valuetext', short(weights[k]));
    // the track is coloured from zero to the thumb
    const place = (Math.min(6, Math.max(-6, weights[k])) + 6) / 0.12;
    node.style.cssText = `--from:${Math.min(50, place)}%;--to:${Math.max(50, place)}%`;
  });
  each('days', (node, name) => {
    const t = +node.dataset.t;
    // not while the reader types: "0." is 0 already
    if (+node.value !== days[name][t] || !node.value) node.value = days[name][t];
    node.parentElement.classList.toggle('now', name === company && t === day - 1);
  });
}

function fillDrawing(each, { weights, days, day, company }) {
  const at = trace(weights, days[company])[day - 1];
  const where = `day ${day} of company ${company}`;
  each('wire', (node, wire) => { node.textContent = four(at[wire]); });
  each('symbol', (node, symbol) => { node.textContent = symbol + sub(day - node.dataset.ago); });
  each('where', (node) => { node.textContent = where; });
  // Each gate is a tank: full at 1, and half full is nothing for the candidate.
  each('level', (node, k) => {
    const [low, high] = k === 'c' ? [0.5, 0.5 + at.c_tilde / 2].sort((a, b) => a - b) : [0, at[k]];
    node.setAttribute('y', FOOT - 2 - 46 * high);
    node.setAttribute('height', 46 * (high - low));
  });
  each('drawing', (node) => node.setAttribute('aria-label', `The cell on ${where}: `
    + Object.entries(at).map(([wire, v]) => `${wire} ${four(v)}`).join(', ')));
}

function fillCharts(each, state, targets) {
  const drawn = charts(state, targets);
  each('chart', (node, name) => {
    const { title, series, bars } = drawn[name];
    const [caption, svg] = node.children;
    caption.innerHTML = `${title}<br>` + series.map(([role, who, values]) => `<span class=asc-${role}>${MARKS[role]} ${
      bars ? unseen(who) : who} <b data-series=${who}>${four(values[state.day - 1])}</b></span>`).join(' ');
    svg.innerHTML = chart(drawn[name], state.day);
    svg.setAttribute('aria-label', `${title}, day by day. `
      + series.map(([, who, values]) => `${who}: ${values.map(four).join(', ')}`).join('. '));
  });
}

function fillScore(each, { weights, days }, targets) {
  const says = Object.fromEntries(COMPANIES.map((name) => [name, trace(weights, days[name]).at(-1).h]));
  const errors = COMPANIES.map((name) => (says[name] - targets[name]) ** 2);
  each('says', (node, name) => { node.textContent = four(says[name]); });
  each('score', (node) => {
    node.innerHTML = COMPANIES.map((name, n) => `<span class=asc-${ROLES[name]}>${MARKS[ROLES[name]]} <b>${name}</b> says
<b>${four(says[name])}</b>, target ${targets[name]}, error² <b data-error=${name}>${four(errors[n])}</b></span>`).join('')
      + `<span>sum <b data-error=sum>${four(errors[0] + errors[1])}</b></span>`;
  });
}

function render({ model, el }) {
  const [stages, targets, start] = ['stages', 'targets', 'start'].map((key) => model.get(key));
  const read = () => Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));
  const put = (changes) => {
    Object.entries(changes).forEach(([key, value]) => model.set(key, value));
    model.save_changes();
  };
  const { days } = read();
  el.innerHTML = page(`b${Math.random().toString(36).slice(2)}-`, stages, days);
  const form = el.firstElementChild;
  const each = (name, act) =>
    form.querySelectorAll(`[data-${name}]`).forEach((node) => act(node, node.dataset[name]));
  const go = (by) => {
    const day = model.get('day') + by;
    if (day - 1 in model.get('days').A) put({ day });
  };
  let [told, timer] = [read(), 0];
  // or JupyterLab takes the arrow keys for itself
  form.querySelectorAll('button, input').forEach((node) => { node.dataset.lmSuppressShortcuts = ''; });

  function draw() {
    const now = read();
    fillControls(each, now, stages);
    fillDrawing(each, now);
    fillCharts(each, now, targets);
    fillScore(each, now, targets);
    form.elements.day.value = now.day;
    form.elements.company.value = now.company;
    clearTimeout(timer);
    // A moment after the last change, so that a drag is told once.
    timer = setTimeout(() => {
      if (JSON.stringify(now) !== JSON.stringify(told)) {
        each('news', (node) => { node.textContent = describe(told, now, stages); });
      }
      told = now;
    }, 350);
  }

  form.addEventListener('input', ({ target: { name, value, dataset, valueAsNumber } }) => {
    if (name === 'day') put({ day: +value });
    if (name === 'company') put({ company: value });
    if (dataset.slider) put({ weights: model.get('weights').with(+dataset.slider, +value) });
    if (dataset.days && Math.abs(valueAsNumber) <= 10) {
      const changed = model.get('days')[dataset.days].with(+dataset.t, valueAsNumber);
      put({ days: { ...model.get('days'), [dataset.days]: changed } });
    }
  });
  form.addEventListener('change', draw);
  form.addEventListener('click', ({ target: { dataset } }) => {
    if (dataset.stage) put({ weights: stages.find(([name]) => name === dataset.stage)[1] });
    if (dataset.step) go(+dataset.step);
    if ('reset' in dataset) put(start);
  });
  form.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && 'step' in event.target.dataset) go(by);
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  KEYS.forEach((key) => model.on(`change:${key}`, draw));
  draw();
  return () => {
    clearTimeout(timer);
    KEYS.forEach((key) => model.off(`change:${key}`, draw));
  };
}

export default { render };
