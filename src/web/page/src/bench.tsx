// The bench: what its channels show and how old that is, its interlocks, and what a person may ask of both.
import { get } from './api.ts';
import type { Bench, Channel, Interlock, Lease, Machine, Service } from './contract.ts';
import { value_text, why_not_touch } from './facts.ts';
import type { State } from './store.ts';
import { length_text } from './time.ts';
import { Badge, Card, type Fetched, Icon, type Tone, Trouble, use_fetched } from './ui.tsx';
import { WishButton } from './verbs.tsx';
import { interlock_wishes, set_wish, type Wish } from './wishes.ts';

const kOften = 2000; // ms, while it is looked at
const kSeldom = 10_000; // for the line above every view

/// What the bench says now; asked again and again while the page is connected.
export function use_bench(s: State, looked_at: boolean): Fetched<Bench> {
  const asks = s.station?.bench === true && s.me?.role != null;
  const beat = Math.floor(s.clock / (looked_at ? kOften : kSeldom));
  return use_fetched(asks ? `bench:${beat}` : '', () => get<Bench>('/bench'));
}

/// What everybody has to know, whatever he looks at: in words, worst first; empty when all is well.
export function alarms_of(bench: Bench | null): string[] {
  if (!bench) return [];
  const interlocks = bench.interlocks;
  const tripped = interlocks.filter(({ phase, overridden }) => (phase === 'tripped' || phase === 'latched') && !overridden).map(({ name, phase, text }) => `Interlock ${name} is ${phase}: ${text}`);
  const overridden = interlocks.flatMap(({ name, overridden: by }) => (by ? [`Interlock ${name} does nothing for ${length_text(by.left_s)}: overridden by ${by.who}, ${by.reason}`] : []));
  const broken = bench.machines.filter(({ state }) => state === 'ERROR' || state === 'ALARM').map(({ name, state, why }) => `${name} is in ${state}${why ? `: ${why}` : ''}.`);
  const gone = bench.services.filter(({ wanted, phase }) => wanted && (phase === 'FATAL' || phase === 'UNKNOWN')).map(({ name, phase, why }) => `Service ${name} is ${phase}${why ? `: ${why}` : ''}.`);
  const alone = interlocks.length > 0 && !bench.watched ? ['Nobody evaluates the interlocks: `fatmaster station` does not run.'] : [];
  return [...alone, ...tripped, ...broken, ...gone, ...overridden];
}

interface Props {
  s: State;
  bench: Fetched<Bench>;
  ask: (wish: Wish) => void;
}

export function BenchView({ s, bench, ask }: Props) {
  if (!s.station?.bench) return <p class="card">station.ini declares no channel, interlock or service.</p>;
  if (!bench.data) return <p class="card">{bench.error || 'Asking for the bench...'}</p>;
  const { channels, interlocks, machines, groups, leases, services, trouble } = bench.data;
  const instruments = [...new Set(channels.map((one) => one.instrument))];
  return (
    <div class="bench">
      <Trouble text={trouble || bench.error} />
      {interlocks.length > 0 && (
        <Card title="Interlocks">
          <ul class="alerts">
            {interlocks.map((one) => (
              <InterlockLine key={one.name} interlock={one} s={s} ask={ask} />
            ))}
          </ul>
        </Card>
      )}
      {machines.length > 0 && (
        <Card title="Module power and chillers">
          <ul class="channels">
            {machines.map((one) => (
              <MachineLine key={one.name} machine={one} />
            ))}
            {groups.map(({ name, state }) => (
              <MachineLine key={`group ${name}`} machine={{ name: `group ${name}`, kind: 'module_power', group: '', state, why: '', since_s: 0 }} />
            ))}
          </ul>
        </Card>
      )}
      {instruments.map((name) => (
        <Card key={name} title={name} tone="as-written">
          {leases
            .filter((one) => one.instrument === name)
            .map((one) => (
              <LeaseLine key={one.who} lease={one} />
            ))}
          <ul class="channels">
            {channels
              .filter((one) => one.instrument === name)
              .map((one) => (
                <ChannelLine key={one.name} channel={one} s={s} ask={ask} />
              ))}
          </ul>
        </Card>
      ))}
      {services.length > 0 && (
        <Card title="Services">
          <ul class="channels">
            {services.map((one) => (
              <ServiceLine key={one.name} service={one} />
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

const kUses = { orders: 'gives the orders', link: 'has the link', panel: 'stands at its front panel' };

function LeaseLine({ lease }: { lease: Lease }) {
  return (
    <p class="pending" data-lease={lease.instrument}>
      <Icon name="person" /> {lease.who} {kUses[lease.use]} for {length_text(lease.left_s)}: {lease.purpose}
    </p>
  );
}

function look_of_machine(state: string | null): [Tone, string] {
  if (state === 'ERROR' || state === 'ALARM') return ['bad', 'wrong'];
  if (state === null || state === 'UNKNOWN') return ['warn', 'warn'];
  if (state === 'OFF' || state === 'LV_OFF') return ['quiet', 'stop'];
  return state.endsWith('RAMP') || state.endsWith('MIX') ? ['busy', 'running'] : ['good', 'done'];
}

function MachineLine({ machine }: { machine: Machine }) {
  const { name, group, state, why, since_s } = machine;
  const [tone, icon] = look_of_machine(state);
  return (
    <li data-machine={name}>
      <span class="name">
        {name}
        {group && <span class="quiet">{group}</span>}
      </span>
      <span class="when">
        <Badge tone={tone} icon={icon}>
          {state ?? 'not watched'}
        </Badge>
        {since_s > 0 && <span class="quiet"> {length_text(since_s)}</span>}
      </span>
      {why && <span class="why-not">{why}</span>}
    </li>
  );
}

function look_of({ phase, wanted }: Service): [Tone, string] {
  if (phase === 'RUNNING') return ['good', 'done'];
  if (phase === 'STARTING' || phase === 'STOPPING') return ['busy', 'running'];
  return wanted ? ['bad', 'wrong'] : ['quiet', 'stop'];
}

function ServiceLine({ service }: { service: Service }) {
  const [tone, icon] = look_of(service);
  return (
    <li data-service={service.name}>
      <span class="name">
        {service.name}
        <span class="quiet">
          {service.pid ? `pid ${service.pid}` : 'no process'}
          {service.restarted > 0 && `, started again ${service.restarted} times`}
        </span>
      </span>
      <span class="when">
        <Badge tone={tone} icon={icon}>
          {service.phase}
        </Badge>
        <span class="quiet"> {length_text(service.since_s)}</span>
      </span>
      {service.phase !== 'RUNNING' && service.why && <span class="why-not">{service.why}</span>}
    </li>
  );
}

const kPhases: Record<NonNullable<Interlock['phase']>, [Tone, string]> = { clear: ['good', 'done'], tripped: ['bad', 'wrong'], latched: ['bad', 'stop'] };

function InterlockLine({ interlock, s, ask }: { interlock: Interlock; s: State; ask: (wish: Wish) => void }) {
  const { name, phase, text, action, overridden } = interlock;
  const [tone, icon] = phase ? kPhases[phase] : (['warn', 'warn'] as const);
  return (
    <li data-interlock={name}>
      <p>
        <Badge tone={tone} icon={icon}>
          {phase ?? 'not watched'}
        </Badge>{' '}
        <strong>{name}</strong> <span class="quiet">action: {action}</span>
      </p>
      {text && <p class="says">{text}</p>}
      {overridden && (
        <p class="warn-word">
          Does nothing for {length_text(overridden.left_s)}: {overridden.who}, {overridden.reason}
        </p>
      )}
      <div class="buttons">
        {interlock_wishes(interlock).map((wish) => (
          <WishButton key={wish.verb} wish={wish} why_not={why_not_touch(s)} ask={ask} />
        ))}
      </div>
    </li>
  );
}

function shown(channel: Channel): string {
  if (channel.value === null) return channel.state;
  if (channel.settable?.switch) return channel.value === 1 ? 'on' : 'off';
  return value_text(channel.value, channel.unit);
}

function ChannelLine({ channel, s, ask }: { channel: Channel; s: State; ask: (wish: Wish) => void }) {
  const { name, state, why, age_s } = channel;
  return (
    <li data-channel={name}>
      <span class="name">
        {name}
        {channel.quantity !== name && <span class="quiet"> {channel.quantity}</span>}
      </span>
      <span class="when">
        <span class={state === 'ok' ? 'value' : 'value bad-word'}>{shown(channel)}</span>
        <span class="quiet">{age_s === null ? '' : age_s < 2 ? 'now' : `${length_text(Math.round(age_s))} ago`}</span>
      </span>
      {channel.settable && <WishButton wish={set_wish(channel)} why_not={why_not_touch(s)} ask={ask} />}
      {state !== 'ok' && why && <span class="why-not">{why}</span>}
    </li>
  );
}
