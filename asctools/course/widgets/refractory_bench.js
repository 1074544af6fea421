// The refractory bench: a threshold and a dead time over stored scores, and what becomes of picks.
//
// One ES module in the form that anywidget expects. It computes what
// asctools.course.widgets.refractory_trace.settle computes from the same scores; tests compare them.
// Comments stand on lines of their own: the page gets the module without them.

const RATE = 2000;
const FRAME = 10;
const DIGITS = 1000;
const TOLERANCE = 20;
const RULES = { first: 'first come', surest: 'surest first', best: 'best set' };
const KEYS = ['threshold', 'dead_time', 'rule'];

// ---- arithmetic ----

// Scores of every frame of a bell, from its stretches.
export function unpack(stretches, frames) {
  const scores = new Float64Array(frames);
  stretches.split(' ').filter(Boolean).forEach((stretch) => {
    const [first, digits] = stretch.split(':');
    digits.match(/../g).forEach((pair, k) => { scores[parseInt(first, 36) + k] = parseInt(pair, 36) / DIGITS; });
  });
  return scores;
}

// Local maxima at or above a threshold, each at the first frame of its plateau.
export function peaks(scores, threshold) {
  const picks = [];
  scores.forEach((score, k) => {
    if (score < threshold || !(score > (scores[k - 1] ?? -1))) return;
    let next = k + 1;
    while (scores[next] === score) next += 1;
    if (!(scores[next] > score)) picks.push({ time: FRAME * k + (FRAME - 1) / 2, score });
  });
  return picks;
}

const logit = (p) => {
  const q = Math.min(1 - 1e-9, Math.max(1e-9, p));
  return Math.log(q) - Math.log1p(-q);
};

// Which of one bell's picks stay, as their places in order of time.
export const rules = {
  first(picks, period) {
    let last = -Infinity;
    return picks.flatMap(({ time }, k) => {
      if (time - period < last) return [];
      last = time;
      return [k];
    });
  },
  surest(picks, period) {
    const kept = [];
    picks.map((pick, k) => k).sort((a, b) => picks[b].score - picks[a].score || a - b).forEach((k) => {
      if (kept.every((other) => Math.abs(picks[other].time - picks[k].time) >= period)) kept.push(k);
    });
    return kept.sort((a, b) => a - b);
  },
  // best[k] = max(best[k - 1], worth of k + best[how many come a period before k])
  best(picks, period, threshold) {
    const legal = picks.map(({ time }, k) => picks.slice(0, k).filter((pick) => pick.time <= time - period).length);
    const best = [0];
    picks.forEach(({ score }, k) => best.push(Math.max(best[k], logit(score) - logit(threshold) + 1e-12 + best[legal[k]])));
    const kept = [];
    for (let k = picks.length; k > 0;) {
      const taken = best[k] > best[k - 1];
      if (taken) kept.unshift(k - 1);
      k = taken ? legal[k - 1] : k - 1;
    }
    return kept;
  },
};

// For each strike the place of the nearest pick within the tolerance, or -1. Strikes are so far
// apart that no pick is near two.
function nearest(picks, strikes) {
  return strikes.map((strike) => picks.reduce((found, { time }, k) => {
    const away = Math.abs(time - strike);
    return away <= TOLERANCE && (found < 0 || away < Math.abs(picks[found].time - strike)) ? k : found;
  }, -1));
}

// One bell: its picks, which are kept and right; its strikes, which are found, which are lost.
export function settle(scores, strikes, { threshold, dead_time: dead, rule }) {
  const picks = peaks(scores, threshold);
  const chosen = rules[rule](picks, Math.round(dead * RATE), threshold);
  const found = nearest(chosen.map((k) => picks[k]), strikes);
  const could = nearest(picks, strikes);
  const right = new Set(found.filter((at) => at >= 0).map((at) => chosen[at]));
  return {
    picks: picks.map((pick, k) => ({ ...pick, kept: chosen.includes(k), right: right.has(k) })),
    strikes: strikes.map((time, n) => ({ time, found: found[n] >= 0, lost: found[n] < 0 && could[n] >= 0 })),
  };
}

// All bells together.
export function count(bells) {
  const picks = bells.flatMap((bell) => bell.picks);
  const strikes = bells.flatMap((bell) => bell.strikes);
  const hits = strikes.filter((strike) => strike.found).length;
  const kept = picks.filter((pick) => pick.kept).length;
  const share = (part, whole) => (whole ? part / whole : 0);
  return {
    picks: picks.length, kept, hits, strikes: strikes.length,
    lost: strikes.filter((strike) => strike.lost).length,
    precision: share(hits, kept), recall: share(hits, strikes.length),
    f1: share(2 * hits, kept + strikes.length),
  };
}

// ---- words ----

const two = (v) => v.toFixed(2);
const seconds = (samples) => (samples / RATE).toFixed(3);
const plural = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`;
const fate = ({ kept, right }) => (kept ? (right ? 'kept, right' : 'kept, false alarm') : 'deleted');

export const describe = ({ threshold, dead_time: dead, rule }, all) =>
  `With the threshold at ${two(threshold)} and a dead time of ${two(dead)} s, “${RULES[rule]}” keeps ${all.kept} of ${
    plural(all.picks, 'pick')}. They find ${all.hits} of ${plural(all.strikes, 'strike')}; ${
    plural(all.kept - all.hits, 'false alarm')} ${all.kept - all.hits === 1 ? 'is' : 'are'} left. ${
    all.lost ? `The dead time costs ${plural(all.lost, 'strike')} that had been found.` : 'The dead time costs no strike.'}`;

// ---- the drawing: a panel for each bell ----

const PANEL = 82;
const [TOP, FOOT] = [16, 62];
const path = (look, d) => `<path class="${look}" d="${d}"/>`;
const up = (score) => FOOT - (FOOT - TOP) * score;

function panel(scores, bell, { threshold, dead_time: dead }, x, n) {
  const area = [];
  let going = false;
  scores.forEach((score, k) => {
    const loud = score || scores[k - 1] || scores[k + 1];
    if (loud) area.push(`${going ? 'L' : 'M'}${x(FRAME * k + (FRAME - 1) / 2).toFixed(2)} ${up(score).toFixed(1)}`);
    going = Boolean(loud);
  });
  const wide = x(scores.length * FRAME);
  const marks = bell.picks.map(({ time, score, kept, right }) => {
    const [a, b] = [x(time), up(score)];
    if (kept && right) return `<circle class="kept asc-lstm" data-pick cx=${a} cy=${b} r=4.5 />`;
    if (kept) return `<rect class="alarm asc-loss" data-pick x=${a - 4} y=${b - 4} width=8 height=8 />`;
    return path('gone asc-muted', `M${a - 4} ${b - 4}l8 8m0-8l-8 8`);
  });
  const silent = bell.picks.filter((pick) => pick.kept).map(({ time }) =>
    `<rect class="dead asc-lstm" x=${x(time)} y=${TOP} width=${Math.max(0, Math.min(wide, x(time + dead * RATE)) - x(time))} height=${FOOT - TOP} />`);
  const truth = bell.strikes.map(({ time, found, lost }) =>
    path(`strike ${found ? 'found asc-truth' : lost ? 'lost asc-loss' : 'missed asc-truth'}`, `M${x(time)} ${FOOT + 3}l5 9h-10z`));
  return `<g data-panel transform="translate(0 ${n * PANEL})">${silent.join('')}${path('area asc-hidden', area.join(''))}
${path('base', `M0 ${FOOT}H${wide}`)}${path('level', `M0 ${up(threshold)}H${wide}`)}${marks.join('')}${truth.join('')}</g>`;
}

const LEGEND = [
  ['asc-lstm', '<circle cx=7 cy=7 r=4.5 class=kept />', 'kept, right'],
  ['asc-loss', '<rect x=3 y=3 width=8 height=8 class=alarm />', 'kept, false alarm'],
  ['asc-muted', path('gone', 'M3 3l8 8m0-8l-8 8'), 'deleted'],
  ['asc-truth', path('strike found', 'M7 2l5 9h-10z'), 'strike, found'],
  ['asc-truth', path('strike missed', 'M7 2l5 9h-10z'), 'strike, not picked'],
  ['asc-loss', path('strike lost', 'M7 2l5 9h-10z'), 'strike, lost to the dead time'],
].map(([look, drawn, words]) => `<span><svg class=${look} width=14 height=14 aria-hidden=true>${drawn}</svg> ${words}</span>`).join('');

// ---- the page ----

const slider = (id, key, words, [least, most, step]) => `<div class=slider><label for=${id}${key}>${words}</label>
<input id=${id}${key} type=range min=${least} max=${most} step=${step} data-set=${key}><output for=${id}${key} data-said=${key}></output></div>`;
const tile = (key, words) => `<div><dt>${words}</dt><dd data-tile=${key}></dd></div>`;

const page = (id, { bells }, ranges) => `<form class=asc-dead-time aria-label="Refractory bench" autocomplete=off>
${slider(id, 'threshold', 'threshold', ranges.threshold)}${slider(id, 'dead_time', 'dead time', ranges.dead_time)}
<div class=rules role=radiogroup aria-label="What stays when two picks are too near, and the F1 score of each rule">${Object.entries(RULES).map(([key, words]) =>
    `<label class=choice><input type=radio name=rule value=${key}><span>${words}</span> <b data-f1=${key}></b></label>`).join('')}</div>
<dl>${tile('kept', 'picks kept')}${tile('precision', 'precision')}${tile('recall', 'recall')}${tile('f1', 'F1')}</dl>
<div class=drawing><svg width=44 height=${bells.length * PANEL + 16} aria-hidden=true>${bells.map((bell, n) =>
    `<text x=0 y=${n * PANEL + 44}>bell ${bell}</text>`).join('')}<text class=fine x=0 y=${bells.length * PANEL + 10}>seconds</text></svg>
<div class=scroll tabindex=0 role=region aria-label="Scores, picks and strikes over time; it can be wider than the page"><svg data-strip height=${bells.length * PANEL + 16} role=img></svg></div></div>
<p class=legend>${LEGEND}</p>
<p class=words data-words role=status></p>
<div class=zoom role=radiogroup aria-labelledby=${id}zoom><span class=name id=${id}zoom>zoom</span>${[1, 4, 16].map((v) => `<label class=choice><input type=radio name=zoom value=${v}><span>${v} ×</span></label>`).join('')}</div>
<details><summary>All picks</summary><div class=scroll tabindex=0 role=region aria-label="All picks"><table><thead><tr><th>bell<th>second<th>score<th>what becomes of it</thead><tbody data-table></tbody></table></div></details></form>`;

function render({ model, el }) {
  const trace = model.get('trace');
  const columns = trace.scores.map((stretches) => unpack(stretches, trace.frames));
  el.innerHTML = page(`d${Math.random().toString(36).slice(2)}-`, trace, model.get('ranges'));
  const form = el.firstElementChild;
  const each = (name, act) => form.querySelectorAll(`[data-${name}]`).forEach((node) => act(node, node.dataset[name]));
  const [svg, words, table] = ['strip', 'words', 'table'].map((name) => form.querySelector(`[data-${name}]`));
  const scroll = svg.parentElement;
  form.querySelectorAll('input, [tabindex], summary').forEach((node) => { node.dataset.lmSuppressShortcuts = ''; });
  form.elements.zoom.value = '1';

  function draw() {
    const now = Object.fromEntries(KEYS.map((key) => [key, model.get(key)]));
    const by = (rule) => columns.map((scores, n) => settle(scores, trace.strikes[n], { ...now, rule }));
    const bells = by(now.rule);
    const all = count(bells);
    each('set', (node, key) => {
      node.value = now[key];
      node.setAttribute('aria-valuetext', key === 'threshold' ? two(now[key]) : `${two(now[key])} seconds`);
    });
    each('said', (node, key) => { node.textContent = key === 'threshold' ? two(now[key]) : `${two(now[key])} s`; });
    each('f1', (node, rule) => { node.textContent = two(count(by(rule)).f1); });
    each('tile', (node, key) => { node.textContent = key === 'kept' ? `${all.kept} of ${all.picks}` : two(all[key]); });
    form.elements.rule.value = now.rule;
    const said = describe(now, all);
    if (words.textContent !== said) words.textContent = said;
    const length = trace.frames * FRAME;
    const width = Math.max(scroll.clientWidth, 560) * +form.elements.zoom.value;
    const x = (samples) => 6 + ((width - 12) * samples) / length;
    const every = +form.elements.zoom.value > 1 ? 1 : 2;
    const ticks = Array.from({ length: Math.floor(length / RATE / every) + 1 }, (_, n) => n * every);
    svg.setAttribute('width', width);
    svg.setAttribute('aria-label', `${said} All picks stand in the table below.`);
    svg.innerHTML = `${ticks.map((s) => `${path('grid', `M${x(s * RATE)} 0V${trace.bells.length * PANEL - 4}`)}<text class="fine mid" x=${
      x(s * RATE)} y=${trace.bells.length * PANEL + 10}>${s}</text>`).join('')}${columns.map((scores, n) => panel(scores, bells[n], now, x, n)).join('')}`;
    table.innerHTML = bells.flatMap(({ picks }, n) => picks.map((pick) => ({ ...pick, bell: trace.bells[n] })))
      .sort((a, b) => a.time - b.time || a.bell - b.bell)
      .map((pick) => `<tr><td>${pick.bell}<td>${seconds(pick.time)}<td>${pick.score.toFixed(3)}<td>${fate(pick)}`).join('');
  }

  form.addEventListener('input', ({ target }) => {
    if (target.name === 'zoom') {
      // what stands in the middle stays there
      const middle = (scroll.scrollLeft + scroll.clientWidth / 2) / scroll.scrollWidth;
      draw();
      scroll.scrollLeft = middle * scroll.scrollWidth - scroll.clientWidth / 2;
    } else {
      if (target.dataset.set) model.set(target.dataset.set, +target.value);
      if (target.name === 'rule') model.set('rule', target.value);
      model.save_changes();
    }
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
