// Times, lengths, values, routes and rows: the words and windows of the views.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement, RehearsedAttempt, Step } from '../src/contract.ts';
import { filter_steps, grid_values, limits_text, phases_of, value_text, window_of } from '../src/facts.ts';
import { merged } from '../src/merge.ts';
import { spread, time_range, value_range } from '../src/plot_places.ts';
import { href, link_token, parse_route } from '../src/route.ts';
import { clock_text, countdown_text, length_text, zone_text } from '../src/time.ts';

const kBerlin = { zone: 'Europe/Berlin', utc_offset_s: 3600 };
const at = (iso: string) => Date.parse(iso);

test('clocks stand in the zone of the station', () => {
  const now = at('2026-11-21T20:00:00Z');
  assert.equal(clock_text(at('2026-11-21T20:14:00Z'), now, kBerlin), '21:14');
  assert.equal(clock_text(at('2026-11-21T23:14:00Z'), now, kBerlin), 'Sun 22 Nov 00:14');
  assert.equal(clock_text(at('2026-11-21T20:14:00Z'), now, { zone: '', utc_offset_s: -5400 }), '18:44');
  assert.equal(clock_text(at('2026-11-21T20:14:00Z'), now, { zone: 'No/Such', utc_offset_s: 0 }), '20:14');
  assert.equal(clock_text(Number.NaN, now, kBerlin), '');
  assert.equal(zone_text({ zone: '', utc_offset_s: -5400 }), '-01:30');
});

test('a summer night in a zone with summer time', () => {
  const now = at('2026-07-01T00:00:00Z');
  assert.equal(clock_text(at('2026-07-01T01:30:00Z'), now, kBerlin), '03:30');
});

test('lengths have two figures at most', () => {
  const lengths = [0, 0.4, 9.9, 59, 61, 600, 3599, 3600, 7500, 90_000, 7 * 86_400];
  assert.deepEqual(lengths.map(length_text), ['0 s', '0.4 s', '9.9 s', '59 s', '1 min 1 s', '10 min', '59 min', '1 h', '2 h 5 min', '1 d 1 h', '7 d']);
  assert.equal(length_text(-5), '0 s');
  assert.equal(length_text(Number.NaN), '');
});

test('a countdown says now, then how late', () => {
  assert.equal(countdown_text(90_000, 0), 'in 1 min 30 s');
  assert.equal(countdown_text(0, 10_000), 'now');
  assert.equal(countdown_text(0, 240_000), '4 min overdue');
});

test('values keep the figures that matter', () => {
  assert.deepEqual([1409.7336667, 272, 0.00012, -39.888, 1e9, null].map((value) => value_text(value)), ['1409.7', '272', '1.20e-4', '-39.89', '1.00e+9', 'no value']);
  assert.equal(limits_text({ min: 1000, max: 2000, unit: 'V' }), '1000 to 2000 V');
  assert.equal(limits_text({ max: 2600, unit: 'Hz' }), 'at most 2600 Hz');
  assert.equal(limits_text({ min: 1, max: 1, unit: '' }), 'exactly 1');
  assert.equal(limits_text({ unit: '' }), '');
});

test('an address leads to its view and back; nonsense leads to what is now', () => {
  assert.deepEqual(parse_route(href(3, 'step', 'safe_state', 2)), { run: 3, view: 'step', list: 'safe_state', index: 2 });
  assert.equal(parse_route('#/newest/modules').view, 'modules');
  for (const odd of ['', '#', '#/-1/nowhere', '#/newest/step/main/x', '#/%00/../..']) assert.equal(parse_route(odd).view, 'now');
  assert.equal(link_token('#link=abc&x'), 'abc');
  assert.equal(link_token('#/newest/now'), '');
});

test('only the rows in sight are drawn', () => {
  assert.deepEqual(window_of(20_000, 50, 0, 500), { from: 0, to: 18 });
  assert.deepEqual(window_of(20_000, 50, 500_000, 500), { from: 9992, to: 10_018 });
  assert.deepEqual(window_of(3, 50, 99_999, 500), { from: 3, to: 3 });
});

const step = (index: number, title: string, outcome: string | null, state: string): Step => ({ index, title, task: 't', kind: 'builtin', state, outcome, attempts: 1, started: null, ended: null, ran_s: 0, reason: '', environment: '' });

test('steps are found by what they are and what was typed', () => {
  const steps = [step(0, 'gain', 'done', 'done'), step(1, 'Scan', null, 'retry in 4 min'), step(2, 'scan 2', null, 'pending'), step(3, 'x', 'errored', 'errored')];
  assert.deepEqual(filter_steps(steps, 'ahead', ' SCAN ').map((one) => one.index), [1, 2]);
  assert.deepEqual(filter_steps(steps, 'wrong', '').map((one) => one.index), [3]);
  assert.deepEqual(filter_steps(steps, 'all', 'retry').map((one) => one.index), [1]);
});

test('phases are the first parts of titles, in the order they ran', () => {
  const run = (list: string, title: string, outcome: string): RehearsedAttempt => ({ list, index: 0, title, attempt: 1, kind: '', began: '2026-11-21T20:00:00Z', ended: '2026-11-21T20:01:00Z', outcome });
  const phases = phases_of([run('main', 'room/gain', 'done'), run('main', 'room/hv', 'errored'), run('main', 'to -40/x', 'done'), run('safe_state', 'hv off', 'done')]);
  assert.deepEqual(phases.map((phase) => [phase.name, phase.steps, phase.wrong]), [['room', 2, 1], ['to -40', 1, 0], ['safe state', 1, 0]]);
});

test('the grid has the measurements of the module alone, a row per channel', () => {
  const one = (module: string, channel: string, name: string): Measurement => ({ at: '', step: '', index: 0, attempt: 1, module, channel, name, value: 1, unit: '', verdict: 'passed' });
  const rows = grid_values([one('A', 'upper', 'hv'), one('A', 'lower', 'hv'), one('A', '', 'temperature'), one('B', '', 'dark_rate'), one('A', '', 'fpga')], 'A');
  assert.deepEqual(rows.map((row) => row.label), ['Temperature', 'HV lower', 'HV upper']);
  const numbered = grid_values([one('A', 'lower', 'hv0'), one('A', 'upper', 'hv1'), one('A', 'upper', 'hv_for_1e7_gain')], 'A');
  assert.deepEqual(numbered.map((row) => `${row.label} ${row.value.name}`), ['HV lower hv0', 'HV upper hv1']);
});

test('events of the stream and of a page are each there once, in order', () => {
  const event = (id: number) => ({ id, at: '', who: '', kind: '', body: {} });
  assert.deepEqual(merged([event(1), event(3)], [event(3), event(2)]).map((one) => one.id), [1, 2, 3]);
});

test('limits near the values widen the axis, far ones do not', () => {
  const limit = (value: number) => ({ value, label: '', warning: false });
  assert.ok(value_range(0, 10, [limit(15)])[1] >= 15);
  assert.ok(value_range(0, 10, [limit(1000)])[1] < 20);
  assert.deepEqual(time_range(1000, 1000), [940, 1060]); // a single moment
  const [low, high] = value_range(5, 5, []);
  assert.ok(low < 5 && high > 5);
});

test('letters at the ends of lines do not cover each other', () => {
  assert.deepEqual(spread([100, 101, 99, 300], 12, 400), [111, 123, 99, 300]);
  assert.deepEqual(spread([300, 299], 12, 300), [300, 288]);
});
