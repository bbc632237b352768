// The store and what is read from it: API events in, what a view would say out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JournalEvent, Run, Status, Step } from '../src/contract.ts';
import { count_steps, freshness, is_orphan, why_not_act, why_not_steer } from '../src/facts.ts';
import { type Action, first_state, reduce, type State } from '../src/store.ts';

const kExamples = 'browser/examples';
const example = <T>(name: string): T => JSON.parse(readFileSync(`${kExamples}/${name}.json`, 'utf8')) as T;

const kNow = Date.parse('2026-11-21T20:46:08Z');
const kHello: Action = { type: 'hello', now: '2026-11-21T20:46:08Z', scheduler_alive: true, run: 1, clock: 1000 };

const play = (actions: Action[], state: State = first_state(0)) => actions.reduce(reduce, state);

function a_run(): Run {
  return example<Run>('status');
}

function status_of(run: Run, change: Partial<Status>, counters: Partial<Status['counters']>): Status {
  const { steps: _steps, ...rest } = run;
  return { ...rest, ...change, counters: { ...run.counters, ...counters } };
}

function row(run: Run, index: number, change: Partial<Step>): Step {
  const step = run.steps[index];
  assert.ok(step);
  return { ...step, ...change };
}

test('what the stream said of the scheduler stands, whatever an answer asked for before says', () => {
  const station = { name: 'lab', virtual: false, zone: '', utc_offset_s: 0, version: '1', now: '2026-11-21T20:46:08Z', newest_run: 1, scheduler: { alive: true } };
  const first: Action = { type: 'station', station, clock: 1000 };
  assert.equal(play([first]).scheduler_alive, true);
  assert.equal(play([first, kHello, { type: 'scheduler', alive: false }, first]).scheduler_alive, false);
});

test('a journal replayed twice leaves every event and every reading once', () => {
  const history = example<JournalEvent[]>('history');
  const actions = history.map((event): Action => ({ type: 'journal', event, clock: 0 }));
  const state = play([...actions, ...actions]);
  assert.equal(state.events.length, history.length);
  assert.equal(state.last_event, history.at(-1)?.id);
  assert.deepEqual(state.signals['freezer']?.points.map(([, value]) => value), [-19.86, -24.94, 10.27]);
});

test('the events kept are bounded and the newest', () => {
  let state = first_state(0);
  for (let id = 1; id <= 2500; id++) {
    state = reduce(state, { type: 'journal', clock: 0, event: { id, at: '', who: '', kind: 'x', body: {} } });
  }
  assert.equal(state.events.length, 1000);
  assert.equal(state.events.at(-1)?.id, 2500);
});

test('readings asked for and readings told make one course, each moment once', () => {
  const event: JournalEvent = { id: 1, at: '', who: '', kind: 'signal_read', body: { signal: 'freezer', value: -30, unit: 'degC', at_us: 30e6 } };
  const state = play([
    { type: 'journal', event, clock: 0 },
    { type: 'signals', signals: [{ signal: 'freezer', unit: 'degC', points: [[10, -10], [20, -20], [30, -30]] }] },
  ]);
  assert.deepEqual(state.signals['freezer']?.points, [[10, -10], [20, -20], [30, -30]]);
});

test('a reading without a value changes nothing', () => {
  const event: JournalEvent = { id: 1, at: '', who: '', kind: 'signal_read', body: { signal: 'freezer', value: 'warm' } };
  assert.deepEqual(play([{ type: 'journal', event, clock: 0 }]).signals, {});
});

test('a status with the rows that moved needs no reload', () => {
  const run = a_run();
  const moved = [row(run, 319, { state: 'done', outcome: 'done' }), row(run, 320, { state: 'running', attempts: 1 })];
  const status = status_of(run, { moved }, { events: run.counters.events + 2, steps: run.counters.steps + 2 });
  const state = play([{ type: 'run', run }, { type: 'status', status, clock: 0 }]);
  assert.equal(state.stale_table, false);
  assert.equal(state.run?.steps[319]?.state, 'done');
  assert.equal(state.run?.steps[320]?.state, 'running');
  assert.equal(run.steps[319]?.state, 'running', 'the state before is left alone');
});

test('steps that moved without their rows, or another plan, ask for the table', () => {
  const run = a_run();
  const steps = status_of(run, {}, { events: 700, steps: run.counters.steps + 1 });
  assert.equal(play([{ type: 'run', run }, { type: 'status', status: steps, clock: 0 }]).stale_table, true);
  const plan = status_of(run, { moved: [] }, { events: 700, plan: 2 });
  assert.equal(play([{ type: 'run', run }, { type: 'status', status: plan, clock: 0 }]).stale_table, true);
});

test('an older status does not undo a newer table', () => {
  const run = a_run();
  const old = status_of(run, { why: 'long ago' }, { events: 3 });
  assert.notEqual(play([{ type: 'run', run }, { type: 'status', status: old, clock: 0 }]).run?.why, 'long ago');
});

test('statuses that come before the table are played on it', () => {
  const run = a_run();
  const status = status_of(run, { why: 'newer', moved: [] }, { events: 700 });
  assert.equal(play([{ type: 'status', status, clock: 0 }, { type: 'run', run }]).run?.why, 'newer');
});

test('a table that comes late keeps what the stream has told since, and is asked for again', () => {
  const run = a_run();
  const status = status_of(run, { status: 'paused' }, { events: 900, steps: 900 });
  const state = play([{ type: 'run', run }, { type: 'status', status, clock: 0 }, { type: 'run', run }]);
  assert.equal(state.run?.status, 'paused');
  assert.equal(state.stale_table, true);
});

test('another run forgets the one before', () => {
  const state = play([{ type: 'run', run: a_run() }, { type: 'wanted', wanted: 7 }]);
  assert.equal(state.run, null);
  assert.equal(state.last_event, 0);
});

test('a newer run is followed by who follows the newest, not by who looks at an older one', () => {
  const run = a_run();
  assert.equal(play([{ type: 'run', run }, { type: 'newer_run', run: 2 }]).run, null);
  assert.notEqual(play([{ type: 'newer_run', run: 2 }], reduce(first_state(0, 1), { type: 'run', run })).run, null);
});

test('what is shown is live only while the server is heard', () => {
  const live = play([kHello, { type: 'run', run: a_run() }]);
  assert.deepEqual(freshness(live), { live: true, age_s: 0, since: kNow });
  const quiet = reduce(live, { type: 'tick', clock: 18_000 });
  assert.deepEqual(freshness(quiet), { live: false, age_s: 17, since: kNow });
  const lost = reduce(live, { type: 'lost', why: 'gone', retry_at: 5000 });
  assert.equal(freshness(lost).live, false);
  assert.equal(freshness(reduce(lost, { ...kHello, clock: 9000 } as Action)).live, true);
});

test('opening the stream again is not being live again', () => {
  const state = play([kHello, { type: 'lost', why: 'gone', retry_at: 0 }, { type: 'connecting' }, { type: 'tick', clock: 3000 }]);
  assert.equal(freshness(state).live, false);
});

test('a run without scheduler is an orphan, unless it is over', () => {
  const run = a_run();
  assert.equal(is_orphan(play([kHello, { type: 'run', run }, { type: 'scheduler', alive: false }])), true);
  assert.equal(is_orphan(play([kHello, { type: 'run', run: { ...run, status: 'completed' } }, { type: 'scheduler', alive: false }])), false);
});

test('who may act, and why not', () => {
  const me = (role: 'viewer' | 'operator'): Action => ({ type: 'me', me: { user: 'x', role, users: true } });
  const live = [kHello, { type: 'run', run: a_run() }] satisfies Action[];
  assert.match(why_not_act(play([...live, me('viewer')])), /viewer/);
  assert.equal(why_not_act(play([...live, me('operator')])), '');
  assert.match(why_not_act(play([...live, me('operator'), { type: 'lost', why: '', retry_at: 0 }])), /Not connected/);
  assert.match(why_not_steer(play([...live, me('operator'), { type: 'scheduler', alive: false }])), /resume/);
});

test('steps are counted by what became of them', () => {
  assert.deepEqual(count_steps(a_run().steps), { all: 766, done: 319, running: 1, wrong: 0, skipped: 0, ahead: 446 });
});

test('twenty thousand steps take a moved row in a few milliseconds', () => {
  const run = a_run();
  const one = run.steps[0];
  assert.ok(one);
  run.steps = Array.from({ length: 20_000 }, (_, index) => ({ ...one, index, title: `step ${index}` }));
  let state = play([{ type: 'run', run }]);
  const began = performance.now();
  for (let at = 1; at <= 100; at++) {
    const moved = [{ ...one, index: at, state: 'running', outcome: null }];
    state = reduce(state, { type: 'status', clock: 0, status: status_of(run, { moved }, { events: 700 + at, steps: 700 + at }) });
  }
  assert.ok((performance.now() - began) / 100 < 20);
  assert.equal(state.run?.steps[100]?.state, 'running');
});
