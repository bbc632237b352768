// Name and password -> a session. What the server refuses is said in its own words.
import { useState } from 'preact/hooks';
import { ApiError, post, sentence } from './api.ts';
import type { Me } from './contract.ts';
import { Trouble } from './ui.tsx';

interface Props {
  station: string;
  users: boolean; ///< somebody has a name and a password
  entered: (me: Me) => void;
  trouble: string;
}

export function Login({ station, users, entered, trouble }: Props) {
  const [user, set_user] = useState('');
  const [password, set_password] = useState('');
  const [refused, refuse] = useState(trouble);
  const [busy, be_busy] = useState(false);
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    be_busy(true);
    try {
      entered(await post<Me>('/session', { user: user.trim(), password }));
    } catch (error) {
      const wait = error instanceof ApiError && error.retry_after ? ` Try again in ${error.retry_after} s.` : '';
      refuse(sentence(error) + wait);
      set_password('');
    }
    be_busy(false);
  };
  if (!users) {
    return (
      <main class="login">
        <div class="card">
          <h1>{station || 'fatmaster'}</h1>
          <p>Open the address that `fatmaster serve` has printed: it lets you in, once.</p>
          <p class="quiet">`fatmaster user add NAME` on the station's computer makes a name and a password to log in with.</p>
          <Trouble text={trouble} />
        </div>
      </main>
    );
  }
  return (
    <main class="login">
      <form class="card" onSubmit={send} aria-label="Log in">
        <h1>{station || 'fatmaster'}</h1>
        <label class="field">
          <span>Name</span>
          <input name="user" autocomplete="username" autocapitalize="none" required value={user} onInput={(event) => set_user(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>Password</span>
          <input name="password" type="password" autocomplete="current-password" required value={password} onInput={(event) => set_password(event.currentTarget.value)} />
        </label>
        <Trouble text={refused} />
        <div class="buttons">
          <button type="submit" class="solid" disabled={busy}>
            Log in
          </button>
        </div>
        <p class="quiet">No name yet? `fatmaster user add NAME` on the station's computer makes one.</p>
      </form>
    </main>
  );
}
