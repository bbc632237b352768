// What a person can ask of a run: which wishes its state allows, and which request each becomes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Alert, Run, Step } from '../src/contract.ts';
import { alerts_to_show } from '../src/duty.tsx';
import { step_wishes } from '../src/step_menu.tsx';
import { acknowledge_wish, change_wish, drop_wish, holds_lock, insert_wish, is_edit, lock_wishes, mark_wish, move_wish, run_wishes, shift_wish, undo_wish, type Wish, words_of_keys } from '../src/wishes.ts';

const run = (change: Partial<Run> = {}) => ({ run: 1, status: 'running', pending: [], open: [], lock: null, ...change }) as unknown as Run;
const step = (change: Partial<Step> = {}) => ({ index: 3, title: 'gain', state: 'pending', outcome: null, attempts: 0, ...change }) as Step;
const anna = { user: 'anna', role: 'operator', users: true } as const;
const held = { who: 'otto (web) (uid 1000)', note: 'hands in the freezer', until: '' };

/// The request when the fields hold what they begin with, but for `values`.
function request(wish: Wish, values: Record<string, string> = {}) {
  const begins = Object.fromEntries((wish.fields ?? []).map((field) => [field.name, field.begins]));
  return wish.filled ? wish.filled({ ...begins, ...values }) : wish.request;
}

test('a lock is taken, given back by its holder, taken over by others', () => {
  const labels = (lock: Run['lock'], me: Parameters<typeof lock_wishes>[1] = anna) => lock_wishes(run({ lock }), me).map((wish) => wish.label);
  assert.deepEqual(labels(null), ['Lock']);
  assert.deepEqual(labels({ ...held, who: 'anna (web) (uid 1000)' }), ['Unlock']);
  assert.deepEqual(labels(held), ['Take over the lock']);
  assert.deepEqual(labels(held, { user: null, role: 'expert', users: false }), ['Unlock', 'Take over the lock']);
  assert.equal(holds_lock(run({ lock: { ...held, who: 'annabel (web) (uid 1)' } }), anna), false);
});

test('a lock says for how long and why; taking over says so and needs a reason', () => {
  const [lock] = lock_wishes(run(), anna) as [Wish];
  const [take] = lock_wishes(run({ lock: held }), anna) as [Wish];
  assert.deepEqual(request(lock, { note: ' hands in ', length: '900' }), { verb: 'lock', length_s: 900, value: 'hands in' });
  assert.deepEqual(request(take), { verb: 'lock', length_s: 3600, take_over: true });
  assert.equal(take.reason, 'must');
  assert.match(take.effect, /hands in the freezer/);
});

test('a step is inserted in the words of the command line', () => {
  const wish = insert_wish('before', 'cold/gain');
  assert.deepEqual(request(wish, { work: 'true', title: 'pause here', more: 'timeout = 2 h\n\nattempts=3' }), {
    commands: [['insert', '--before', 'cold/gain', '--command', 'true', '--title', 'pause here', 'timeout=2 h', 'attempts=3']],
  });
  assert.deepEqual(request(insert_wish(), { what: 'python', work: 'scan', package: 'lab.scans' }), { commands: [['insert', '--at', 'front', '--task', 'scan', '--package', 'lab.scans']] });
  assert.deepEqual(request(wish, { what: 'like', work: 'gain', place: 'end' }), { commands: [['insert', '--at', 'end', '--like', 'gain']] });
});

test('what is missing of an edit is said before it is sent', () => {
  assert.match(String(request(insert_wish())), /fill in: Command/);
  assert.match(String(request(insert_wish(), { what: 'python', work: 'scan' })), /Python package/);
  assert.match(String(request(insert_wish(), { work: 'true', more: 'timeout' })), /'timeout' is not KEY = VALUE/);
  assert.match(String(request(move_wish('gain'), { place: 'before' })), /beside which/);
  assert.match(String(request(change_wish('gain', [{ name: 'timeout', value: '1 h' }]))), /Nothing is changed/);
  assert.match(String(words_of_keys('--from = /etc/passwd')), /is not KEY = VALUE/);
});

test('a step is moved, dropped, changed, and the last edit taken back', () => {
  assert.deepEqual(request(move_wish('gain')), { commands: [['move', 'gain', 'front']] });
  assert.deepEqual(request(move_wish('gain'), { place: 'after', beside: ' cool down ' }), { commands: [['move', 'gain', 'after:cool down']] });
  assert.deepEqual(request(drop_wish('gain')), { commands: [['drop', 'gain']] });
  assert.deepEqual(request(undo_wish()), { undo: true });
  const keys = [
    { name: 'voltage', value: '1500 V' },
    { name: 'timeout', value: '1 h' },
    { name: 'attempts', value: '1' },
  ];
  assert.deepEqual(request(change_wish('gain', keys), { 'key voltage': '1600 V', 'key timeout': ' ', more: 'retry_delay = 5 s' }), {
    commands: [['edit', 'gain', 'voltage=1600 V', '--unset', 'timeout', 'retry_delay=5 s']],
  });
});

test('only edits are shown before they are made', () => {
  assert.deepEqual([drop_wish('a'), insert_wish(), undo_wish(), move_wish('a'), change_wish('a', [])].map((wish) => is_edit(wish.request)), [true, true, true, true, true]);
  assert.deepEqual([mark_wish('a'), shift_wish(['anna'], '')].map((wish) => is_edit(wish.request)), [false, false]);
});

test('what can be asked about a step depends on how far it is', () => {
  const verbs = (change: Partial<Step>) => {
    const { course, plan } = step_wishes(step(change));
    return [course, plan].map((wishes) => wishes.map((wish) => wish.verb).join(' '));
  };
  assert.deepEqual(verbs({}), ['skip mark', 'insert insert move drop']);
  assert.deepEqual(verbs({ attempts: 1 }), ['skip mark', 'insert']);
  assert.deepEqual(verbs({ state: 'running', attempts: 1 }), ['skip', 'insert']);
  assert.deepEqual(verbs({ state: 'done', outcome: 'done', attempts: 1 }), ['redo', '']);
  assert.deepEqual(verbs({ state: 'errored', outcome: 'errored', attempts: 1 }), ['redo mark', '']);
});

test('the shift goes to somebody else, an alert to who sees to it', () => {
  const wish = shift_wish(['anna', 'otto'], 'anna');
  assert.deepEqual(request(wish), { verb: 'shift', value: 'otto', hand_over: true });
  assert.deepEqual(request(wish, { person: 'anna', report: 'no' }), { verb: 'shift', value: 'anna', hand_over: false });
  const alert = { id: 'c1', text: 'the freezer is warm', since: '', acknowledged_by: '', called: [], next: 'otto', next_at: null };
  assert.deepEqual(request(acknowledge_wish(alert)), { verb: 'ack', value: 'c1' });
  assert.match(acknowledge_wish(alert).effect, /Else otto is called/);
});

test('a question is an alert of its own only when somebody else would be called, or has it in hand', () => {
  const alert = (id: string, change: Partial<Alert> = {}) => ({ id, text: '', since: '', acknowledged_by: '', called: [], next: '', next_at: null, ...change });
  const asks = run({ prompts: [{ id: 3 }] as Run['prompts'], alerts: [alert('c1'), alert('3')] });
  assert.deepEqual(alerts_to_show(asks).map((one) => one.id), ['c1']);
  assert.deepEqual(alerts_to_show({ ...asks, alerts: [alert('3', { next: 'otto' })] }).length, 1);
  assert.deepEqual(alerts_to_show({ ...asks, alerts: [alert('3', { acknowledged_by: 'anna' })] }).length, 1);
});

test('an aborted step is followed by what was chosen, a marked one counts as what was chosen', () => {
  const abort = run_wishes(run()).find((wish) => wish.verb === 'abort-step') as Wish;
  assert.deepEqual(request(abort), { verb: 'abort-step', then: 'pause' });
  assert.deepEqual(request(abort, { then: 'retry' }), { verb: 'abort-step', then: 'retry' });
  assert.deepEqual(request(mark_wish('gain'), { outcome: 'failed' }), { verb: 'mark', step: 'gain', value: 'failed' });
});
