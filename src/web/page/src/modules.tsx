// The modules of the run: verdict so far, newest temperature, high voltage and dark rate, quarantine.
import { get_if_there } from './api.ts';
import type { Measurement, Module, Run } from './contract.ts';
import { grid_values, is_newest, is_over, limits_text, value_text, why_not_act } from './facts.ts';
import type { State } from './store.ts';
import { Badge, Card, Icon, Progress, Trouble, use_fetched, use_slowly, VerdictBadge } from './ui.tsx';
import { WishButton } from './verbs.tsx';
import { quarantine_wish, release_wish, type Wish } from './wishes.ts';

interface Props {
  s: State;
  run: Run;
  ask: (wish: Wish) => void;
  brief?: boolean;
}

/// The newest measurement of every name, asked for again at most every 5 s while reports come.
function use_latest(run: number, reports: number) {
  const mark = use_slowly(`${run}:${reports}`, 5, String(run));
  return use_fetched(mark, async () => {
    const answer = await get_if_there<{ measurements: Measurement[] }>(`/runs/${run}/measurements?latest=1`);
    return answer?.measurements ?? [];
  });
}

export function ModulesView(props: Props) {
  return (
    <Card title="Modules">
      <ModuleGrid {...props} />
    </Card>
  );
}

export function ModuleGrid({ s, run, ask, brief }: Props) {
  const latest = use_latest(run.run, run.counters.reports);
  if (!run.modules.length) return <p>The run has no modules.</p>;
  return (
    <>
      <ul class={brief ? 'modules brief' : 'modules'}>
        {run.modules.map((module) => (
          <ModuleCard key={module.serial} module={module} latest={latest.data ?? []} s={s} run={run} ask={ask} brief={brief ?? false} />
        ))}
      </ul>
      <Trouble text={latest.data ? '' : latest.error} />
    </>
  );
}

interface CardProps {
  module: Module;
  latest: Measurement[];
  s: State;
  run: Run;
  ask: (wish: Wish) => void;
  brief: boolean;
}

function ModuleCard({ module, latest, s, run, ask, brief }: CardProps) {
  const why_not = why_not_act(s) || (is_over(run) ? `The run is ${run.status}.` : '');
  const values = grid_values(latest, module.serial);
  return (
    <li class={module.quarantined ? 'module out' : 'module'} data-module={module.serial}>
      <div class="module-head">
        <h3>{module.serial}</h3>
        {module.quarantined && (
          <Badge tone="warn" icon="out">
            quarantine
          </Badge>
        )}
        <VerdictBadge verdict={module.verdict} />
      </div>
      {module.quarantined && <p class="says">{module.quarantine}</p>}
      {!brief && (
        <div class="bar">
          <Progress value={module.steps_planned ? module.steps_with_result / module.steps_planned : 0} label={`Steps of ${module.serial} with a result`} />
          <span class="figure">
            {module.steps_with_result} of {module.steps_planned}
          </span>
        </div>
      )}
      <dl class="values">
        {values.map(({ label, value }) => (
          <div key={label} class={value.verdict === 'failed' ? 'bad-value' : value.verdict === 'marginal' ? 'warn-value' : ''}>
            <dt>
              {label}
              {!brief && limits_text(value) && <span class="limits">{limits_text(value)}</span>}
            </dt>
            <dd title={limits_text(value) && `limits: ${limits_text(value)}`}>
              {value.verdict === 'failed' && <Icon name="wrong" />}
              {value.verdict === 'marginal' && <Icon name="warn" />}
              {value_text(value.value, value.unit)}
              {value.verdict === 'failed' && <span class="sr"> out of limits</span>}
              {value.verdict === 'marginal' && <span class="sr"> near its limit</span>}
            </dd>
          </div>
        ))}
      </dl>
      {!brief && values.length === 0 && <p class="quiet">Nothing measured yet.</p>}
      {!brief && module.reason && <p class="quiet">{module.reason}</p>}
      {!brief && is_newest(s) && !is_over(run) && (
        <div class="buttons">
          <WishButton wish={module.quarantined ? release_wish(module.serial) : quarantine_wish(module.serial)} why_not={why_not} ask={ask} />
        </div>
      )}
    </li>
  );
}
