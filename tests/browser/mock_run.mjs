// A run of the examples on a clock that tests move: what the engine would do, as far as the page can see it.
import { readFileSync } from 'node:fs';

const example = (name) => JSON.parse(readFileSync(new URL(`examples/${name}.json`, import.meta.url), 'utf8'));
const iso = (ms) => new Date(ms).toISOString().replace('Z', '000Z');

/// `tell(name, data, id)` is what the event stream gets; `steps` makes a longer plan than the example's.
export class MockRun {
  constructor(tell, { steps = 0 } = {}) {
    this.tell = tell;
    this.now = Date.parse('2026-11-21T20:46:08Z');
    this.status = example('status');
    this.status.comment = 'four modules of the third batch';
    this.status.shift = { person: 'otto', since: '2026-11-21T20:00:00.000000Z', expert: '', escalate: ['anna'], escalate_after_s: 900 };
    this.status.alerts = [];
    this.keys = new Map(); ///< title -> keys that were changed
    this.rehearsal = example('rehearsal');
    this.measurements = example('measurements');
    this.show = example('show');
    this.events = example('history').map((event) => ({ ...event, text: '', level: '' }));
    this.scheduler_alive = true;
    this.moved = new Map();
    this.signals = this.events
      .filter((event) => event.kind === 'signal_read')
      .map((event) => [Date.parse(event.at) / 1000, event.body.value]);
    this.output = Array.from({ length: 40 }, (_, line) => `20:46:${String(line % 60).padStart(2, '0')} DEgg2021-3-102 pressure sample ${line} of 40: 101.${line} kPa\n`).join('');
    this.logbook = [{ at: iso(this.now - 3.6e6), who: 'anna', text: 'Freezer closed, laser supply on.', attachments: [] }];
    for (let index = this.status.steps.length; index < steps; index++) {
      this.status.steps.push({ ...this.status.steps.at(-2), index, title: `more/${index}/status`, kind: 'builtin', task: 'status_check' });
    }
  }

  summary() {
    const { steps: _steps, ...rest } = this.status;
    return rest;
  }

  advance(ms) {
    this.now += ms;
    this.tell('alive', { now: iso(this.now) });
  }

  event(kind, body, { who = 'fatmaster', text = '', level = '' } = {}) {
    const event = { id: this.events.at(-1).id + 1, at: iso(this.now), who, kind, body, text, level };
    this.events.push(event);
    this.status.counters.events++;
    this.tell('journal', event, event.id);
    return event;
  }

  send_status() {
    const counters = this.status.counters;
    counters.mark = `${counters.events}.${counters.reports}`;
    const moved = [...this.moved.values()];
    this.moved.clear();
    this.tell('status', { ...this.summary(), moved });
  }

  row(index, change) {
    const row = { ...this.status.steps[index], ...change };
    this.status.steps[index] = row;
    this.moved.set(index, row);
    this.status.counters.steps++;
  }

  report(progress, text) {
    const open = this.status.open[0];
    if (!open) return;
    Object.assign(open, { progress, text });
    this.status.counters.reports++;
    this.output += `${text}\n`;
    this.send_status();
  }

  read(signal, value, unit) {
    this.signals.push([this.now / 1000, value]);
    this.event('signal_read', { signal, value, unit, at_us: this.now * 1000 });
  }

  measure(measurement) {
    this.measurements.push({ at: iso(this.now), step: this.status.open[0]?.title ?? '', index: 319, attempt: 1, channel: '', unit: '', verdict: 'passed', ...measurement });
    this.status.counters.reports++;
    this.send_status();
  }

  /// As the plan stood at the start (a little too hopeful), or with what was and the rest from now on.
  rehearsed(as_of) {
    const example = this.rehearsal;
    const begin = as_of === 'start' ? Date.parse(this.status.started) : this.now;
    const known = new Map(as_of === 'start' ? [] : this.status.steps.filter((step) => step.ended).map((step) => [step.title, step]));
    const was = new Map();
    let at = begin;
    const attempts = example.attempts.map((attempt) => {
      const step = attempt.list === 'main' ? known.get(attempt.title) : undefined;
      const began = step ? Date.parse(step.started) : at;
      const ended = step ? Date.parse(step.ended) : at + (Date.parse(attempt.ended) - Date.parse(attempt.began)) * (as_of === 'start' ? 0.9 : 1);
      if (!step) at = ended;
      was.set(attempt.title, ended);
      return { ...attempt, began: iso(began), ended: iso(ended) };
    });
    const milestones = example.milestones.map((one) => {
      const moment = was.get(one.step) ?? at;
      const range = { early: iso(moment - 2e5), likely: iso(moment), late: iso(moment + 4e5) };
      return { ...one, at: iso(moment), range };
    });
    return { ...example, attempts, milestones, start: iso(begin), end: iso(at) };
  }

  /// The running step ends; the next starts, unless a pause or a stop was asked for.
  next_step(outcome = 'done') {
    const open = this.status.open.shift();
    if (open) {
      const { title, index, attempt } = open;
      this.row(index, { state: outcome, outcome, ended: iso(this.now), ran_s: 12.5 });
      this.event('attempt_ended', { key: { list: 'main', title, attempt }, outcome }, { text: `${title}: ${outcome}` });
    }
    const pending = this.status.pending[0] ?? '';
    this.status.pending = [];
    if (pending) return this.rest(pending.startsWith('pause') ? 'paused' : 'stopped');
    return this.start(this.status.steps.findIndex((step) => step.outcome === null && step.state === 'pending'));
  }

  start(index) {
    const step = this.status.steps[index];
    const key = { list: 'main', title: step.title, attempt: step.attempts + 1 };
    this.row(index, { state: 'running', attempts: key.attempt, started: iso(this.now) });
    this.event('attempt_started', { key, index, kind: step.kind });
    this.status.open.push({ ...key, index, kind: step.kind, started: iso(this.now), adopted: false, needs: ['modules'], background: false, progress: null, text: '', expected_s: 14, remaining_s: null, asked_to_end: null });
    this.set('running', `runs step '${step.title}' (attempt ${key.attempt})`);
  }

  rest(status) {
    this.set(status, status === 'paused' ? 'paused by a person; `fatmaster continue` goes on' : `${status} by a person`);
    if (status !== 'paused') this.status.ended = iso(this.now);
    this.send_status();
  }

  set(status, why) {
    Object.assign(this.status, { status, why });
    this.send_status();
  }

  ask(prompt) {
    const id = this.status.counters.prompts + 1;
    this.status.counters.prompts = id;
    const whole = { id, purpose: 'manual_input', kind: 'ok', step: 'repairs', text: '', choices: [], default: '', reason_required: false, expected: 'yes or no', asked: iso(this.now), deadline: null, ...prompt };
    this.status.prompts.push(whole);
    this.event('prompt_opened', { prompt: { id, text: whole.text } }, { text: `question ${id}: ${whole.text}`, level: 'warning' });
    this.set('waiting', `waits for the answer to question ${id}`);
    return id;
  }

  scheduler(alive) {
    this.scheduler_alive = alive;
    this.tell('scheduler', { alive });
  }

  /// {accepted, text} of a verb, as the engine would say it.
  verb(request, who) {
    const act = { answer: () => this.answer(request, who), pause: () => this.later(request, 'pause', 'pausing'), stop: () => this.later(request, 'stop', 'stopping'), continue: () => this.go_on(), quarantine: () => this.quarantine(request, who, true), release: () => this.quarantine(request, who, false), skip: () => this.skip(request), 'abort-step': () => this.end('paused'), abort: () => this.end('aborted'), halt: () => this.end('aborted'), lock: () => this.lock(request, who), unlock: () => this.unlock(who), ack: () => this.acknowledge(request, who), shift: () => this.take_shift(request) }[request.verb];
    return act ? act() : { accepted: false, text: `the run is ${this.status.status}: ${request.verb} is not possible now` };
  }

  answer({ prompt, value, reason }, who) {
    const open = this.status.prompts.find((one) => one.id === prompt);
    if (!open) {
      const given = this.events.findLast((event) => event.kind === 'prompt_answered' && event.body.id === prompt);
      return { accepted: false, text: given ? `question ${prompt} was answered already: "${given.body.value}" by ${given.who}` : `there is no question ${prompt}` };
    }
    if (open.reason_required && !reason) return { accepted: false, text: 'a reason is needed' };
    this.status.prompts = this.status.prompts.filter((one) => one !== open);
    this.event('prompt_answered', { id: prompt, value, reason: reason ?? '' }, { who, text: `question ${prompt}: ${value} (${who})` });
    this.set(this.status.prompts.length ? 'waiting' : 'running', this.status.open[0] ? `runs step '${this.status.open[0].title}'` : 'goes on');
    return { accepted: true, text: `question ${prompt} is answered: ${value}` };
  }

  later({ cancel }, word, doing) {
    if (cancel) {
      this.status.pending = [];
      this.set('running', `runs step '${this.status.open[0]?.title}'`);
      return { accepted: true, text: `the ${word} is taken back` };
    }
    this.status.pending = [`${word} after this step`];
    this.set(doing, `${doing}: after step '${this.status.open[0]?.title}'`);
    return { accepted: true, text: `the run will ${word} after step '${this.status.open[0]?.title}'` };
  }

  go_on() {
    if (this.status.status !== 'paused') return { accepted: false, text: `the run is ${this.status.status}; only a paused run can be continued` };
    this.next_step();
    return { accepted: true, text: 'the run goes on' };
  }

  skip({ step, reason }) {
    if (!reason) return { accepted: false, text: 'a reason is needed: add --reason TEXT' };
    const index = this.status.steps.findIndex((one) => one.title === step);
    if (index === this.status.open[0]?.index) this.next_step('skipped');
    else this.row(index, { state: 'skipped', outcome: 'skipped', reason });
    this.send_status();
    return { accepted: true, text: `step '${step}' is skipped` };
  }

  quarantine({ value, reason }, who, into) {
    const module = this.status.modules.find((one) => one.serial === value);
    if (!module) return { accepted: false, text: `the run has no module '${value}'` };
    if (into && !reason) return { accepted: false, text: 'a reason is needed: add --reason TEXT' };
    Object.assign(module, { quarantined: into, quarantine: into ? `${reason} (${who})` : '' });
    this.event(into ? 'module_quarantined' : 'module_released', { serial: value, reason }, { who, text: `${value}: ${into ? 'quarantine' : 'released'}` });
    this.send_status();
    return { accepted: true, text: `module ${value} takes ${into ? 'no part' : 'part again'} in the steps that start from now on` };
  }

  lock({ value = '', reason, length_s, take_over }, who) {
    const held = this.status.lock;
    if (held && !held.who.startsWith(`${who} `) && !take_over) return { accepted: false, text: `${held.who} holds the control` };
    if (take_over && !reason) return { accepted: false, text: 'taking over needs a reason: add --reason TEXT' };
    this.status.lock = { who: `${who} (web) (uid 1000)`, note: value, until: iso(this.now + length_s * 1000) };
    this.event('control_locked', { note: value }, { who });
    this.send_status();
    return { accepted: true, text: 'only you change the course of the run' };
  }

  unlock(who) {
    this.status.lock = null;
    this.event('control_unlocked', {}, { who });
    this.send_status();
    return { accepted: true, text: 'the lock is given back' };
  }

  alert(text) {
    this.status.alerts.push({ id: `c${this.status.alerts.length + 1}`, text, since: iso(this.now), acknowledged_by: '', called: ['otto'], next: 'anna', next_at: iso(this.now + 9e5) });
    this.send_status();
  }

  acknowledge({ value }, who) {
    const alert = this.status.alerts.find((one) => one.id === value);
    if (!alert) return { accepted: false, text: `there is no question or message '${value}'; none is open` };
    this.status.alerts = this.status.alerts.filter((one) => one !== alert);
    this.event('acknowledged', { alerts: [value] }, { who });
    this.send_status();
    return { accepted: true, text: `acknowledged: ${value}; nobody else is called` };
  }

  take_shift({ value, hand_over }) {
    this.status.shift = { ...this.status.shift, person: value, since: iso(this.now) };
    this.event('shift_taken', { person: value, handed_over: hand_over });
    this.send_status();
    return { accepted: true, text: `${value} acts at this station from now on` };
  }

  keys_of(row) {
    return this.keys.get(row.title) ?? [{ name: 'voltage', value: '1500 V' }, { name: 'timeout', value: '90 min' }, { name: 'attempts', value: '1' }];
  }

  /// Words as on the command line; of `insert` only --at front and --before, of `move` only front.
  edit({ commands = [], undo, dry_run, reason = '' }, who) {
    const before = this.status.steps;
    const changes = [];
    let steps = undo ? (this.steps_before ?? before) : before.slice();
    for (const [verb, ...words] of commands) {
      const at = steps.findIndex((step) => step.title === words[0]);
      const front = steps.findIndex((step) => step.outcome === null && step.state === 'pending');
      if (verb !== 'insert' && at < 0) return { accepted: false, text: `there is no step '${words[0]}'` };
      if (verb !== 'insert' && at < front) return { accepted: false, text: `${verb} '${words[0]}': step '${words[0]}' is ${steps[at].state} already; nothing was changed (the run is ${this.status.status})` };
      if (verb === 'drop') changes.push(`gone     ${steps.splice(at, 1)[0].title}`);
      if (verb === 'move') {
        const [step] = steps.splice(at, 1);
        steps.splice(front, 0, step);
        changes.push(`moved    [${front}] ${step.title}: comes now before '${steps[front + 1].title}'`);
      }
      if (verb === 'insert') {
        const place = words[0] === '--before' ? steps.findIndex((step) => step.title === words[1]) : front;
        const title = words[words.indexOf('--title') + 1];
        steps.splice(place, 0, { ...steps[front], index: place, title, task: '', kind: 'command' });
        changes.push(`new      [${place}] ${title}`);
      }
      if (verb === 'edit') changes.push(`changed  [${at}] ${words[0]}: ${words.slice(1).join('; ')}`);
    }
    if (undo) changes.push('gone     what was inserted');
    if (!dry_run) this.take_steps(steps, before, { commands, undo, reason }, who);
    return { accepted: true, text: dry_run ? 'this would change' : `version ${this.status.plan_version} of the plan`, changes, notes: [] };
  }

  take_steps(steps, before, body, who) {
    this.steps_before = before;
    this.status.steps = steps.map((step, index) => ({ ...step, index }));
    this.status.plan_version++;
    this.status.counters.plan++;
    this.event('plan_edited', body, { who });
    this.send_status();
  }

  end(status) {
    const open = this.status.open.shift();
    if (open) this.row(open.index, { state: 'aborted', outcome: 'aborted', ended: iso(this.now) });
    this.rest(status);
    return { accepted: true, text: `the run is ${status}` };
  }

  /// As a gain scan draws it, to have something to look at.
  picture(name) {
    const points = [0, 1, 2, 3, 4, 5].map((at) => [60 + at * 60, 220 - Math.pow(at, 1.5) * 16]);
    const dots = points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="5" fill="#0072b2"/>`).join('');
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" fill="#fff"/><path d="M40 20V260H390" fill="none" stroke="#444"/><path d="M${points.join('L')}" fill="none" stroke="#b34700" stroke-width="2"/>${dots}<text x="200" y="288" text-anchor="middle" font-family="sans-serif" font-size="13">HV / V (${name.replace(/[^\w.-]/g, '').slice(0, 40)})</text></svg>`;
  }
}
