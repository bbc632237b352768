// The contract's server for tests: strict about requests, obedient about trouble (lost, silent, restarted).
// Alone (`node mock_server.mjs`) it shows the page with a run that moves.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { MockBench } from './mock_bench.mjs';
import { MockRun } from './mock_run.mjs';

const kPage = new URL('../out/', import.meta.url).pathname;
export const kPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'";
const kFiles = { '/': ['index.html', 'text/html; charset=utf-8'], '/app.js': ['app.js', 'text/javascript'], '/app.css': ['app.css', 'text/css'] };
const kUsers = { anna: ['operator', 'let me in'], victor: ['viewer', 'only looking'], erika: ['expert', 'knows it all'] };

const refuse = (status, text, headers = {}) => Object.assign(new Error(text), { status, headers });

export class MockServer {
  constructor(options = {}) {
    this.options = { users: true, logbook: false, bench: true, zone: 'Europe/Berlin', ...options };
    this.streams = new Set();
    this.sockets = new Set();
    this.sessions = new Map();
    this.violations = []; ///< requests that the contract does not know
    this.tries = 0;
    this.silent = false;
    this.port = 0;
    this.runs = new Map();
    this.bench = new MockBench();
    this.new_run();
    this.beat = setInterval(() => this.tell('alive', { now: this.time() }), 5000);
    this.beat.unref();
  }

  /// A newer run begins; who follows the newest is told.
  new_run() {
    const run = new MockRun((name, data, id) => run === this.run && this.tell(name, data, id), this.options);
    run.status.run = this.runs.size + 1;
    this.run = run;
    this.runs.set(run.status.run, run);
    if (run.status.run > 1) this.tell('run', { run: run.status.run });
    return run;
  }

  /// The run that `/runs/NUMBER` or `/runs/newest` names; the newest for any other path.
  pick(path) {
    const number = /^\/runs\/(\w+)/.exec(path)?.[1] ?? 'newest';
    const run = number === 'newest' ? this.run : this.runs.get(Number(number));
    if (!run) throw refuse(404, `the station has no run ${number}`);
    return run;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  time() {
    return new Date(this.run.now).toISOString().replace('Z', '000Z');
  }

  /// Listens; after `lose()` on the same port again, as a restarted server does. Sessions are kept.
  async start() {
    this.http = createServer((request, response) => void this.handle(request, response));
    this.http.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise((done) => this.http.listen(this.port, '127.0.0.1', done));
    this.port = this.http.address().port;
    return this;
  }

  async lose() {
    const closed = new Promise((done) => this.http.close(done));
    for (const socket of this.sockets) socket.destroy();
    this.streams.clear();
    await closed;
  }

  async close() {
    clearInterval(this.beat);
    await this.lose();
  }

  tell(name, data, id) {
    if (this.silent) return;
    const lines = `event: ${name}\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(data)}\n\n`;
    for (const stream of this.streams) stream.write(lines);
  }

  async handle(request, response) {
    const url = new URL(request.url, this.url);
    response.setHeader('Content-Security-Policy', kPolicy);
    response.setHeader('X-Content-Type-Options', 'nosniff');
    try {
      if (request.headers.host !== `127.0.0.1:${this.port}`) throw refuse(403, 'wrong host');
      if (url.pathname in kFiles && request.method === 'GET') return this.file(url.pathname, response);
      if (url.pathname === '/favicon.ico') return response.writeHead(404).end();
      if (!url.pathname.startsWith('/api/v1/')) throw refuse(404, 'no such page');
      return await this.api(request, response, url);
    } catch (error) {
      if (!error.status) throw error;
      if (error.status === 400) this.violations.push(`${request.method} ${request.url}: ${error.message}`);
      response.writeHead(error.status, { 'Content-Type': 'application/json', ...error.headers });
      return response.end(JSON.stringify({ text: error.message, ...(error.status === 409 ? { accepted: false } : {}) }));
    }
  }

  file(path, response) {
    const [name, mime] = kFiles[path];
    response.writeHead(200, { 'Content-Type': mime, 'Cache-Control': 'no-cache' });
    response.end(readFileSync(`${kPage}/${name}`));
  }

  who(request) {
    if (!this.options.users) return { user: null, role: 'expert', users: false };
    const cookie = /fatmaster=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
    return this.sessions.get(cookie) ?? { user: null, role: null, users: true };
  }

  async body(request) {
    if (request.headers['content-type'] !== 'application/json') throw refuse(400, 'Content-Type must be application/json');
    if (request.headers.origin !== this.url) throw refuse(403, 'foreign origin');
    let text = '';
    for await (const part of request) text += part;
    return text ? JSON.parse(text) : {};
  }

  async api(request, response, url) {
    const path = url.pathname.slice('/api/v1'.length);
    const me = this.who(request);
    const json = (value, status = 200, headers = {}) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(JSON.stringify(value));
    };
    if (path === '/me' && request.method === 'GET') return json(me);
    if (path === '/session') return this.session(request, response, json);
    if (me.role === null) throw refuse(401, 'log in first');
    if (request.method === 'POST') return this.change(request, path, me, json);
    if (request.method !== 'GET') throw refuse(400, 'no such method');
    if (path === '/events') return this.stream(request, response, url);
    for (const [pattern, known, answer] of this.routes(this.pick(path))) {
      const found = pattern.exec(path);
      if (!found) continue;
      for (const key of url.searchParams.keys()) if (!known.includes(key)) throw refuse(400, `unknown parameter ${key}`);
      const value = answer(found.slice(1).map(decodeURIComponent), Object.fromEntries(url.searchParams));
      if (typeof value !== 'string') return json(value);
      response.writeHead(200, { 'Content-Type': 'image/svg+xml', 'Content-Security-Policy': 'sandbox' });
      return response.end(value);
    }
    throw refuse(400, 'no such request');
  }

  async session(request, response, json) {
    const said = await this.body(request);
    if (request.method === 'DELETE') {
      this.sessions.clear();
      return response.writeHead(204).end();
    }
    if (request.method !== 'POST') throw refuse(400, 'no such method');
    const user = said.link === 'LINK-1' ? 'anna' : said.user;
    const [role, password] = kUsers[user] ?? [];
    if (!role || (said.link !== 'LINK-1' && said.password !== password)) {
      if (++this.tries > 5) throw refuse(429, 'too many tries', { 'Retry-After': '30' });
      throw refuse(401, 'name or password is wrong');
    }
    const token = randomBytes(12).toString('hex');
    this.sessions.set(token, { user, role, users: true });
    return json(this.sessions.get(token), 200, { 'Set-Cookie': `fatmaster=${token}; HttpOnly; SameSite=Strict; Path=/` });
  }

  async change(request, path, me, json) {
    const said = await this.body(request);
    if (me.role === 'viewer') throw refuse(403, 'a viewer cannot do that: log in as an operator');
    if (path === '/verbs') {
      const reply = this.run.verb(said, me.user ?? 'somebody');
      return json(reply, reply.accepted ? 200 : 409);
    }
    if (path === '/bench/settings' || path === '/bench/interlocks') {
      const reply = path.endsWith('settings') ? this.bench.set(said) : this.bench.tell(said, me.user ?? 'somebody');
      return json(reply, reply.accepted ? 200 : 409);
    }
    if (path === '/edits') {
      const reply = this.run.edit(said, me.user ?? 'somebody');
      return json(reply, reply.accepted ? 200 : 409);
    }
    if (/^\/runs\/(?:\d+|newest)\/logbook$/.test(path) && this.options.logbook) {
      this.run.logbook.unshift({ at: this.time(), who: me.user, text: said.text, attachments: [] });
      return json({ accepted: true, text: 'written into the logbook' });
    }
    throw refuse(400, 'no such request');
  }

  routes(run) {
    return [
      [/^\/station$/, [], () => ({ name: 'cold lab', virtual: true, zone: this.options.zone, utc_offset_s: 3600, version: '0.1.0', now: this.time(), newest_run: this.run.status.run, scheduler: { alive: run.scheduler_alive, pid: 77, host: 'bench' }, people: ['anna', 'otto'], sinks: false, bench: this.options.bench })],
      [/^\/bench$/, [], () => this.bench.state()],
      [/^\/runs$/, [], () => ({ runs: [...this.runs.values()].reverse().map((one) => ({ ...one.summary(), schedule: '/lab/fat_full.ini' })) })],
      [/^\/runs\/(?:\d+|newest)$/, [], () => run.status],
      [/^\/runs\/(?:\d+|newest)\/events$/, ['after', 'before', 'limit', 'search', 'kind', 'newest'], (_, asked) => this.events(run, asked)],
      [/^\/runs\/(?:\d+|newest)\/steps\/(main|safe_state|on_resume)\/(\d+)$/, [], ([list, index]) => this.step(run, list, Number(index))],
      [/^\/runs\/(?:\d+|newest)\/steps\/\w+\/(\d+)\/attempts\/(\d+)\/output$/, ['offset', 'until', 'tail'], (_, asked) => this.output(run, asked)],
      [/^\/runs\/(?:\d+|newest)\/steps\/\w+\/\d+\/attempts\/\d+\/artifacts\/(.+)$/, [], ([name]) => run.picture(name)],
      [/^\/runs\/(?:\d+|newest)\/rehearsal$/, ['as_of'], (_, { as_of }) => run.rehearsed(as_of)],
      [/^\/runs\/(?:\d+|newest)\/readings$/, ['signal', 'since'], () => ({ signals: [{ signal: 'freezer', unit: 'degC', points: run.signals }] })],
      [/^\/runs\/(?:\d+|newest)\/measurements$/, ['name', 'module', 'latest'], (_, asked) => this.measured(run, asked)],
      [/^\/runs\/(?:\d+|newest)\/logbook$/, ['search', 'limit'], (_, { search = '' }) => this.entries(search)],
    ];
  }

  entries(search) {
    if (!this.options.logbook) throw refuse(404, 'this station has no logbook');
    return { entries: this.run.logbook.filter((entry) => entry.text.includes(search)) };
  }

  events(run, { after = 0, before = Infinity, limit = 500, search = '', kind = '', newest }) {
    const fits = (event) => event.id > Number(after) && event.id < Number(before) && (!kind || (kind[0] === '-' ? event.kind !== kind.slice(1) : event.kind === kind)) && JSON.stringify(event).toLowerCase().includes(search.toLowerCase());
    const all = run.events.filter(fits);
    const events = newest ? all.slice(-limit) : all.slice(0, limit);
    return { events, next: events.length < all.length ? events.at(-1).id : null };
  }

  step(run, list, index) {
    const row = run.status.steps[index];
    if (!row) throw refuse(404, 'no such step');
    const step = { list, index, title: row.title, task: row.task, kind: row.kind, state: row.state, keys: run.keys_of(row) };
    const with_results = row.task === 'measure_gain' && row.outcome === 'done';
    const attempt = with_results ? run.show.attempts[0] : { attempt: row.attempts, started: row.started, ended: row.ended, outcome: row.outcome, reason: row.reason, ran: row.ran_s, measurements: [], messages: [], artifacts: [] };
    return { step, attempts: row.attempts ? [{ ...attempt, attempt: row.attempts }] : [], decisions: [] };
  }

  output(run, { offset, tail, until }) {
    const text = run.output.slice(0, until);
    const from = offset === undefined ? Math.max(0, text.length - Number(tail ?? 65536)) : Number(offset);
    return { text: text.slice(from), offset: from, next: text.length, size: text.length, ended: false };
  }

  measured(run, { name, module, latest }) {
    const all = run.measurements;
    const names = [...new Set(all.map((one) => one.name))].sort();
    if (latest) {
      const newest = new Map(all.map((one) => [`${one.module}/${one.channel}/${one.name}`, one]));
      return { names, measurements: [...newest.values()] };
    }
    return { names, measurements: all.filter((one) => (!name || one.name === name) && (!module || one.module === module)) };
  }

  stream(request, response, url) {
    for (const key of url.searchParams.keys()) if (!['run', 'after'].includes(key)) throw refuse(400, `unknown parameter ${key}`);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const run = this.pick(`/runs/${url.searchParams.get('run') ?? 'newest'}`);
    const after = Number(request.headers['last-event-id'] ?? url.searchParams.get('after') ?? run.events.at(-1).id);
    response.write(`event: hello\nid: ${after}\ndata: ${JSON.stringify({ now: this.time(), scheduler_alive: run.scheduler_alive, run: run.status.run })}\n\n`);
    for (const event of run.events.filter((one) => one.id > after)) response.write(`event: journal\nid: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const server = new MockServer({ logbook: true });
  server.port = Number(process.env.PORT ?? 8099);
  await server.start();
  server.beat.ref();
  console.log(`${server.url} (anna / let me in; victor / only looking), or at once: ${server.url}/#link=LINK-1`);
  let beat = 0;
  setInterval(() => {
    beat++;
    server.run.advance(2000);
    server.run.report((beat % 8) / 8, `module ${beat % 4} of 4`);
    if (beat % 8 === 0) server.run.next_step();
    if (beat % 3 === 0) server.run.read('freezer', 10 + Math.sin(beat / 20) * 8, 'degC');
    if (beat % 40 === 0) server.run.ask({ text: 'Is the freezer closed again?' });
  }, 2000);
}
