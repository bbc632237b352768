// The frame of the page: who and where, how fresh, which view; the dialog and what was told last.
import { useEffect, useState } from 'preact/hooks';
import { get_if_there } from './api.ts';
import { alarms_of, BenchView, use_bench } from './bench.tsx';
import type { Bench, Rehearsal, Run } from './contract.ts';
import { EventsView } from './events.tsx';
import { freshness, is_newest, is_orphan, is_over, server_now } from './facts.ts';
import { LogbookView } from './logbook.tsx';
import { Login } from './login.tsx';
import { ModulesView } from './modules.tsx';
import { NowView, type ViewProps } from './now.tsx';
import { PlotsView } from './plots.tsx';
import { href, kViews, type Route } from './route.ts';
import { RunsView } from './runs.tsx';
import { StepView } from './step.tsx';
import { StepsView } from './steps.tsx';
import type { State } from './store.ts';
import { TimelineView } from './timeline.tsx';
import { kUtc, length_text, second_text, zone_text } from './time.ts';
import { Connections, type Fetched, Icon, RunBadge, use_fetched, use_slowly } from './ui.tsx';
import { AskOnce } from './verbs.tsx';
import type { Wish } from './wishes.ts';

export interface Hand {
  entered: (me: NonNullable<State['me']>) => void;
  leave: () => void;
  retry: () => void;
}

interface Props {
  s: State;
  route: Route;
  hand: Hand;
  login_trouble: string;
}

export function App({ s, route, hand, login_trouble }: Props) {
  const [wish, ask] = useState<Wish | null>(null);
  const [told, tell] = useState('');
  useEffect(() => {
    if (!told) return undefined;
    const timer = setTimeout(() => tell(''), 12_000);
    return () => clearTimeout(timer);
  }, [told]);
  const bench = use_bench(s, route.view === 'bench');
  if (s.me && s.me.role === null) return <Login station={s.station?.name ?? ''} users={s.me.users} entered={hand.entered} trouble={login_trouble} />;
  const stale = !freshness(s).live || is_orphan(s);
  return (
    <Connections.Provider value={s.connections}>
      <a class="skip" href="#content" onClick={(event) => { event.preventDefault(); document.getElementById('content')?.focus(); }}>
        To the content
      </a>
      <Header s={s} hand={hand} />
      <Navigation s={s} route={route} />
      <Banners s={s} retry={hand.retry} alarms={alarms_of(bench.data)} />
      <main id="content" tabIndex={-1} class={stale ? 'stale' : ''}>
        <View s={s} route={route} ask={ask} told={tell} bench={bench} />
      </main>
      <footer class="quiet">
        times in {zone_text(s.station ?? kUtc)} · fatmaster {s.station?.version ?? ''}
      </footer>
      <div class="told" role="status">
        {told && (
          <p>
            {told}{' '}
            <button type="button" onClick={() => tell('')}>
              Close
            </button>
          </p>
        )}
      </div>
      {wish && <AskOnce wish={wish} s={s} close={() => ask(null)} told={tell} />}
    </Connections.Provider>
  );
}

function Header({ s, hand }: { s: State; hand: Hand }) {
  const fresh = freshness(s);
  const not_live = !fresh.live || is_orphan(s);
  return (
    <header class="top">
      <h1>{s.station?.name ?? 'fatmaster'}</h1>
      {(s.run?.virtual ?? s.station?.virtual) && <span class="virtual">VIRTUAL</span>}
      {s.run && (
        <span class="run-number">
          run {s.run.run} <RunBadge status={s.run.status} was={not_live && !is_over(s.run)} />
        </span>
      )}
      <span class="space" />
      <span class="sr" role="alert">
        {s.run?.prompts[0] ? `The run asks: ${s.run.prompts[0].text}` : ''}
      </span>
      <span class={fresh.live ? 'pulse live' : 'pulse'} data-link={fresh.live ? 'live' : s.link.state}>
        <Icon name={fresh.live ? 'link' : 'cut'} />
        {fresh.live ? 'live' : fresh.since ? `${length_text(Math.floor(fresh.age_s))} old` : 'connecting'}
      </span>
      {s.me?.user && (
        <span class="user">
          <span>
            {s.me.user} <span class="quiet">{s.me.role}</span>
          </span>
          <button type="button" onClick={hand.leave}>
            Log out
          </button>
        </span>
      )}
    </header>
  );
}

const kNames: Record<(typeof kViews)[number], string> = {
  now: 'Now',
  steps: 'Steps',
  modules: 'Modules',
  plots: 'Plots',
  timeline: 'Timeline',
  bench: 'Bench',
  events: 'Events',
  runs: 'Runs',
  logbook: 'Logbook',
};

function use_logbook(run: Run | null): boolean {
  const found = use_fetched(run ? `${run.run}:logbook` : '', () => get_if_there<unknown>(`/runs/${run?.run}/logbook?limit=1`));
  return found.data !== null;
}

function Navigation({ s, route }: { s: State; route: Route }) {
  const logbook = use_logbook(s.run);
  const views = kViews.filter((view) => (view !== 'logbook' || logbook) && (view !== 'bench' || s.station?.bench === true));
  useEffect(() => {
    document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [route.view, logbook]);
  return (
    <nav class="tabs" aria-label="Views">
      {views.map((view) => (
        <a key={view} href={href(s.wanted, view)} aria-current={route.view === view || (route.view === 'step' && view === 'steps') ? 'page' : undefined}>
          {kNames[view]}
          {view === 'now' && s.run && s.run.prompts.length > 0 && (
            <span class="count">
              {s.run.prompts.length}
              <span class="sr"> open questions</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  );
}

function Banners({ s, retry, alarms }: { s: State; retry: () => void; alarms: string[] }) {
  const fresh = freshness(s);
  const wait = Math.ceil((s.link.retry_at - s.clock) / 1000);
  const now = server_now(s);
  const lost = !fresh.live && (s.link.state === 'lost' || fresh.since > 0);
  return (
    <>
      {lost && (
        <section class="banner bad" data-banner="lost" aria-label="Connection">
          <Icon name="cut" />
          <p>
            <strong role="alert">Not connected.</strong>{' '}
            {fresh.since > 0 && (
              <span>
                What you see is from {second_text(fresh.since, now, s.station ?? kUtc)}, {length_text(Math.floor(fresh.age_s))} ago.{' '}
              </span>
            )}
            {s.link.why} {s.link.state === 'lost' && wait > 0 ? `Trying again in ${wait} s.` : 'Trying again...'}
          </p>
          <button type="button" onClick={retry}>
            Try now
          </button>
        </section>
      )}
      {!lost && is_orphan(s) && (
        <section class="banner warn" data-banner="scheduler" aria-label="Scheduler">
          <Icon name="warn" />
          <p>
            <strong role="alert">No scheduler.</strong> Nothing is being decided for run {s.run?.run}; what is shown is the last that is known. A step that
            was started may still run. `fatmaster resume` in a terminal goes on.
          </p>
        </section>
      )}
      {alarms.length > 0 && (
        <section class="banner bad" data-banner="bench" aria-label="Bench">
          <Icon name="warn" />
          <p role="alert">{alarms.join(' ')}</p>
          <a class="button" href={href(s.wanted, 'bench')}>
            To the bench
          </a>
        </section>
      )}
      {!is_newest(s) && (
        <section class="banner" data-banner="older" aria-label="Which run">
          <Icon name="skipped" />
          <p>This is run {s.wanted}, an older one.</p>
          <a class="button" href={href('newest', 'now')}>
            To the newest run
          </a>
        </section>
      )}
    </>
  );
}

/// How the run stands against the clock, asked for at most every 30 s and only where it is shown.
function use_rehearsal(run: Run | null, wanted: boolean): Rehearsal | null {
  const subject = run && wanted ? `${run.run}:${run.plan_version}` : '';
  const mark = use_slowly(subject && `${subject}:${run?.counters.steps}`, 30, subject);
  return use_fetched(mark, () => get_if_there<Rehearsal>(`/runs/${run?.run}/rehearsal`)).data;
}

interface ViewOf {
  s: State;
  route: Route;
  ask: (wish: Wish) => void;
  told: (text: string) => void;
  bench: Fetched<Bench>;
}

function View({ s, route, ask, told, bench }: ViewOf) {
  const rehearsal = use_rehearsal(s.run, ['now', 'steps', 'timeline'].includes(route.view));
  if (route.view === 'runs') return <RunsView s={s} />;
  if (route.view === 'bench') return <BenchView s={s} bench={bench} ask={ask} />;
  const run = s.run;
  if (!run) return <p class="card">{s.run_missing || 'Asking for the run...'}</p>;
  const props: ViewProps = { s, run, rehearsal: rehearsal?.run === run.run ? rehearsal : null, ask, told };
  switch (route.view) {
    case 'now':
      return <NowView {...props} />;
    case 'steps':
      return <StepsView {...props} />;
    case 'modules':
      return <ModulesView s={s} run={run} ask={ask} />;
    case 'plots':
      return <PlotsView s={s} run={run} />;
    case 'timeline':
      return <TimelineView {...props} />;
    case 'events':
      return <EventsView s={s} run={run} />;
    case 'logbook':
      return <LogbookView s={s} run={run} told={told} />;
    case 'step':
      return <StepView key={`${route.list}${route.index}`} s={s} run={run} list={route.list} index={route.index} ask={ask} />;
  }
}
