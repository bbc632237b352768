// The event stream: told, lost, opened again without a gap, later each time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveStream, type Outside, type Source } from '../src/live.ts';
import type { Action } from '../src/store.ts';

class FakeSource implements Source {
  onerror: (() => void) | null = null;
  closed = false;
  private listeners = new Map<string, (event: { data: string; lastEventId: string }) => void>();
  addEventListener(type: string, listener: (event: { data: string; lastEventId: string }) => void) {
    this.listeners.set(type, listener);
  }
  close() {
    this.closed = true;
  }
  say(type: string, data: unknown, id = '') {
    this.listeners.get(type)?.({ data: JSON.stringify(data), lastEventId: id });
  }
}

class FakeOutside implements Outside {
  now = 0;
  urls: string[] = [];
  sources: FakeSource[] = [];
  waits: { then: () => void; ms: number; taken_back: boolean }[] = [];
  open(url: string) {
    this.urls.push(url);
    const source = new FakeSource();
    this.sources.push(source);
    return source;
  }
  clock() {
    return this.now;
  }
  later(then: () => void, ms: number) {
    const wait = { then, ms, taken_back: false };
    this.waits.push(wait);
    return () => {
      wait.taken_back = true;
    };
  }
  get source() {
    const source = this.sources.at(-1);
    assert.ok(source);
    return source;
  }
  next_wait() {
    const wait = this.waits.at(-1);
    assert.ok(wait);
    return wait;
  }
}

function started() {
  const outside = new FakeOutside();
  const actions: Action[] = [];
  const live = new LiveStream(outside, (action) => actions.push(action));
  live.follow('newest');
  return { outside, actions, live };
}

const kHello = { now: '2026-11-21T20:00:00Z', scheduler_alive: true, run: 3 };

test('it goes on behind the last event it heard', () => {
  const { outside } = started();
  outside.source.say('hello', kHello);
  outside.source.say('journal', { id: 41 }, '41');
  outside.source.onerror?.();
  outside.next_wait().then();
  assert.deepEqual(outside.urls, ['/api/v1/events?run=newest', '/api/v1/events?run=newest&after=41']);
});

test('it waits longer after each failure, and from the start after a hello', () => {
  const { outside } = started();
  for (let failure = 0; failure < 8; failure++) {
    outside.source.onerror?.();
    outside.next_wait().then();
  }
  assert.deepEqual(outside.waits.map((wait) => wait.ms), [500, 1000, 2000, 5000, 10_000, 15_000, 15_000, 15_000]);
  outside.source.say('hello', kHello);
  outside.source.onerror?.();
  assert.equal(outside.next_wait().ms, 500);
});

test('a silent stream is given up although its socket is open', () => {
  const { outside, actions, live } = started();
  outside.source.say('hello', kHello);
  outside.now = 15_000;
  live.watch();
  assert.notEqual(actions.at(-1)?.type, 'lost');
  outside.now = 17_000;
  live.watch();
  assert.equal(actions.at(-1)?.type, 'lost');
  assert.equal(outside.source.closed, true);
});

test('an old stream that speaks late is not heard', () => {
  const { outside, actions, live } = started();
  const old = outside.source;
  live.follow(2);
  const before = actions.length;
  old.say('journal', { id: 9 }, '9');
  old.onerror?.();
  assert.equal(actions.length, before);
});

test('trying now takes the waiting one back', () => {
  const { outside, live } = started();
  outside.source.onerror?.();
  live.retry_now();
  assert.equal(outside.next_wait().taken_back, true);
  assert.equal(outside.urls.length, 2);
});

test('another run, or a gap that is too large, begins anew', () => {
  const { outside, live, actions } = started();
  outside.source.say('journal', { id: 41 }, '41');
  outside.source.say('reload', {});
  assert.equal(actions.at(-1)?.type, 'reload');
  live.follow(2);
  assert.equal(outside.urls.at(-1), '/api/v1/events?run=2');
});
