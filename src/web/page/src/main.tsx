// Wires the page: address -> route, stream and requests -> store -> views. The only place with effects of its own.
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { ApiError, get, get_if_there, post, remove, sentence } from './api.ts';
import { App } from './app.tsx';
import type { Me, Run, Signal, Station } from './contract.ts';
import { LiveStream, type Source } from './live.ts';
import { link_token, parse_route } from './route.ts';
import { type Action, first_state, reduce, type State } from './store.ts';

let route = parse_route(location.hash);
let state: State = first_state(Date.now(), route.run);
let login_trouble = '';
let drawing = false;
let loading = false;
let loaded_at = 0;
let who_asked = 0; // only the last answer to "who is this" counts: one from before a log-in would undo it

function draw(): void {
  drawing = false;
  const root = document.getElementById('page');
  if (root) render(<App s={state} route={route} hand={{ entered, leave: () => void leave(), retry: () => live.retry_now() }} login_trouble={login_trouble} />, root);
  const asks = state.run?.prompts.length ? '(?) ' : '';
  document.title = `${asks}${state.run ? `run ${state.run.run} ${state.run.status}` : 'fatmaster'}${state.station ? ` · ${state.station.name}` : ''}`;
}

function dispatch(action: Action): void {
  state = reduce(state, action);
  if (action.type === 'hello') {
    void load_run();
    void load_station();
  }
  if (action.type === 'newer_run') void (state.wanted === 'newest' ? start_following() : load_station());
  if (action.type === 'reload') start_stream();
  if (!drawing) {
    drawing = true;
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(draw); // a hidden tab has no frames, but its title says when a person is needed
  }
}

const live = new LiveStream(
  {
    open: (url) => new EventSource(url) as unknown as Source,
    clock: () => Date.now(),
    later: (then, ms) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
  },
  dispatch,
  () => void check_session(),
);

/// A stream may be gone because the session is.
async function check_session(): Promise<void> {
  const mine = ++who_asked;
  const me = await get<Me>('/me').catch(() => null);
  if (!me || mine !== who_asked) return;
  if (me.role === null) live.close();
  dispatch({ type: 'me', me });
}

/// The run with its table; asked for again when its steps moved in a way the stream did not tell.
async function load_run(): Promise<void> {
  if (loading) return;
  loading = true;
  loaded_at = Date.now();
  const wanted = state.wanted;
  try {
    const run = await get<Run>(`/runs/${wanted}`);
    if (wanted === state.wanted) {
      const first = state.run?.run !== run.run;
      dispatch({ type: 'run', run });
      if (first) void load_signals(run.run);
    }
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) dispatch({ type: 'no_run', why: error.message });
    else if (!state.run) dispatch({ type: 'no_run', why: sentence(error) });
  } finally {
    loading = false;
  }
  if (wanted !== state.wanted) void load_run();
}

async function load_signals(run: number): Promise<void> {
  const answer = await get_if_there<{ signals: Signal[] }>(`/runs/${run}/readings`).catch(() => null);
  if (answer && state.run?.run === run) dispatch({ type: 'signals', signals: answer.signals });
}

async function load_station(): Promise<void> {
  const station = await get<Station>('/station').catch(() => null);
  if (station && state.station && station.version !== state.station.version) location.reload(); // so has the page
  if (station) dispatch({ type: 'station', station, clock: Date.now() });
}

function start_stream(): void {
  live.follow(state.wanted);
}

async function start_following(): Promise<void> {
  await load_station();
  start_stream();
}

function entered(me: Me): void {
  ++who_asked;
  login_trouble = '';
  dispatch({ type: 'me', me });
  void start_following();
}

async function leave(): Promise<void> {
  await remove('/session').catch(() => undefined);
  location.reload();
}

/// Comes in by the one-time address when there is one, else as who the cookie says.
async function enter(): Promise<void> {
  const mine = ++who_asked;
  const link = link_token(location.hash);
  if (link) {
    history.replaceState(null, '', '#/newest/now');
    route = parse_route(location.hash);
    try {
      return entered(await post<Me>('/session', { link }));
    } catch (error) {
      login_trouble = sentence(error);
    }
  }
  try {
    const me = await get<Me>('/me');
    if (mine !== who_asked) return;
    dispatch({ type: 'me', me });
    if (me.role !== null) void start_following();
  } catch (error) {
    if (mine !== who_asked) return;
    dispatch({ type: 'lost', why: sentence(error), retry_at: Date.now() + 3000 });
    setTimeout(() => void enter(), 3000);
  }
}

addEventListener('hashchange', () => {
  if (link_token(location.hash)) return void enter();
  route = parse_route(location.hash);
  const other = route.run !== state.wanted;
  dispatch({ type: 'wanted', wanted: route.run });
  if (other) start_stream();
  scrollTo(0, 0);
});

const kTablePause = 2000; // at least, between two requests for a table of any length

setInterval(() => {
  live.watch();
  dispatch({ type: 'tick', clock: Date.now() });
  const pause = Math.max(kTablePause, (state.run?.steps.length ?? 0) / 2);
  if (state.stale_table && Date.now() - loaded_at > pause) void load_run();
}, 1000);

addEventListener('online', () => live.retry_now());
document.addEventListener('visibilitychange', () => {
  draw(); // the frame that was waited for may not come
  if (!document.hidden) live.watch();
});

draw();
void enter();
