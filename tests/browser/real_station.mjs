// A station of the real program: runs, verbs of a terminal, `fatmaster serve`; all of it ends with the test.
// FATMASTER names the built program.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const kProgram = process.env.FATMASTER ?? '';
export const kLong = { timeout: 400_000, skip: kProgram ? false : 'FATMASTER names no program' };
export const kPassword = 'let me in, please';

/// A scratch folder and the processes that were started in it.
export class RealStation {
  constructor() {
    this.scratch = mkdtempSync(join(tmpdir(), 'fat-browser-'));
    this.folder = join(this.scratch, 'station');
    this.children = [];
  }

  /// Ends with the test, whatever happens to that.
  start(words) {
    const child = spawn(kProgram, words, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.ended = new Promise((done) => child.on('exit', (code) => done(code)));
    child.said = '';
    const waiting = [];
    const wake = () => waiting.splice(0).forEach((done) => done());
    child.news = () => new Promise((done) => waiting.push(done)); // it says more, or ends
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        child.said += bytes;
        wake();
      });
    }
    child.on('exit', wake);
    this.children.push(child);
    return child;
  }

  tell(...words) {
    const told = spawnSync(kProgram, ['-C', this.folder, ...words], { encoding: 'utf8', timeout: 120_000 });
    return { code: told.status, said: told.stdout + told.stderr };
  }

  add_users(users) {
    const password = join(this.scratch, 'password');
    writeFileSync(password, `${kPassword}\n`, { mode: 0o600 });
    for (const [name, role] of Object.entries(users)) {
      const added = this.tell('user', 'add', name, '--role', role, '--password-file', password);
      assert.equal(added.code, 0, added.said);
    }
  }

  /// `login`: the printed address, which lets one browser in where there are no users.
  async serve(port = 0, place = this.folder) {
    const child = this.start(['-C', place, 'serve', '--listen', `127.0.0.1:${port}`]);
    const login = await new Promise((done, failed) => {
      createInterface({ input: child.stdout }).once('line', done);
      child.once('exit', () => failed(new Error(child.said)));
    });
    return { child, login, url: login.replace(/\/#.*$/, '') };
  }

  async end() {
    for (const child of this.children.reverse()) {
      if (child.exitCode === null) child.kill('SIGTERM');
      await child.ended;
    }
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

/// Until it says that, with patience for a busy machine.
export async function says(child, words) {
  for (const began = Date.now(); !child.said.includes(words); ) {
    assert.ok(Date.now() - began < 120_000, `never said '${words}' but: ${child.said}`);
    await child.news();
    assert.ok(child.said.includes(words) || child.exitCode === null, child.said);
  }
}
