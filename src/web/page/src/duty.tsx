// Who acts at the station, and what a person has to see to: the shift and the alerts of a run.
import type { Alert, Run } from './contract.ts';
import { server_now, why_not_act } from './facts.ts';
import type { State } from './store.ts';
import { clock_text, kUtc, ms_of } from './time.ts';
import { Badge, Card, Icon } from './ui.tsx';
import { WishButton } from './verbs.tsx';
import { acknowledge_wish, shift_wish, type Wish } from './wishes.ts';

interface Props {
  s: State;
  run: Run;
  ask: (wish: Wish) => void;
}

/// Nothing where nobody is named.
export function Shift({ s, run, ask }: Props) {
  const people = s.station?.people ?? [];
  const acts = run.shift?.person ?? '';
  if (!people.length && !acts) return null;
  const since = run.shift?.since;
  return (
    <Card title="On shift">
      <p>
        <Icon name="person" /> {acts || 'nobody has started a shift'}
        {since && <span class="quiet"> since {clock_text(ms_of(since), server_now(s), s.station ?? kUtc)}</span>}
      </p>
      {people.length > 0 && (
        <div class="buttons">
          <WishButton wish={shift_wish(people, acts)} why_not={why_not_act(s)} ask={ask} />
        </div>
      )}
    </Card>
  );
}

/// A question stands in its own card: here it stands once more only when somebody else would be called, or somebody sees to it.
export function alerts_to_show(run: Run): Alert[] {
  const asked = new Set(run.prompts.map((prompt) => String(prompt.id)));
  return (run.alerts ?? []).filter((alert) => !asked.has(alert.id) || alert.next !== '' || alert.acknowledged_by !== '');
}

export function Alerts({ s, run, ask }: Props) {
  const alerts = alerts_to_show(run);
  if (!alerts.length) return null;
  return (
    <Card title="To be seen to">
      <ul class="alerts">
        {alerts.map((alert) => (
          <AlertLine key={alert.id} alert={alert} s={s} ask={ask} />
        ))}
      </ul>
    </Card>
  );
}

function AlertLine({ alert, s, ask }: { alert: Alert; s: State; ask: (wish: Wish) => void }) {
  const now = server_now(s);
  const zone = s.station ?? kUtc;
  const next = alert.next && alert.next_at ? `${alert.next} is called about ${clock_text(ms_of(alert.next_at), now, zone)}` : '';
  return (
    <li data-alert={alert.id}>
      <p>
        {alert.acknowledged_by ? (
          <Badge tone="good" icon="done">
            seen by {alert.acknowledged_by}
          </Badge>
        ) : (
          <Badge tone="ask" icon="person">
            nobody yet
          </Badge>
        )}{' '}
        {alert.text}
      </p>
      <p class="quiet">
        since {clock_text(ms_of(alert.since), now, zone)}
        {alert.called.length > 0 && `, told: ${alert.called.join(', ')}`}
        {!alert.acknowledged_by && next && `; ${next}`}
      </p>
      {!alert.acknowledged_by && (
        <div class="buttons">
          <WishButton wish={acknowledge_wish(alert)} why_not={why_not_act(s)} ask={ask} />
        </div>
      )}
    </li>
  );
}
