// A browser, a page and somebody logged in, for tests; against the mock, or a real server by its address.
//   FATMASTER_PAGE_URL=http://127.0.0.1:8080 FATMASTER_PAGE_USER=anna FATMASTER_PAGE_PASSWORD=... tools/dev page browser browser/real.test.mjs
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { MockServer } from './mock_server.mjs';

export const kReal = process.env.FATMASTER_PAGE_URL ?? '';
const kUser = process.env.FATMASTER_PAGE_USER ?? 'anna';
const kPassword = process.env.FATMASTER_PAGE_PASSWORD ?? 'let me in';
const kShots = process.env.FATMASTER_PAGE_SHOTS ?? new URL('../shots/', import.meta.url).pathname;
export const kPatience = Number(process.env.FATMASTER_PATIENCE_MS ?? 30_000);

let browser = null;

export async function open_browser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  browser ??= await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], timeout: 60_000 });
  return browser;
}

export async function close_browser() {
  await browser?.close();
  browser = null;
}

/// The server to test: the real one, or a mock of its own for each test. A mock is closed by `finish`.
export async function open_server(options = {}) {
  return kReal ? { url: kReal } : new MockServer(options).start();
}

/// A page on which nobody is logged in. Whatever the browser complains about (a broken policy too) is kept.
export async function open_page(server, { width = 1280, height = 900, scheme = 'light', before = async () => {} } = {}) {
  const context = await (await open_browser()).newContext({ viewport: { width, height }, colorScheme: scheme, locale: 'en-GB', serviceWorkers: 'block' });
  const page = await context.newPage();
  page.setDefaultTimeout(kPatience);
  page.complaints = [];
  page.asked = new Set(); // without an answer yet; the stream never ends
  page.on('request', (request) => request.resourceType() !== 'eventsource' && page.asked.add(request));
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => page.asked.delete(request));
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => /Content Security Policy|Uncaught/.test(message.text()) && page.complaints.push(message.text()));
  page.on('dialog', (dialog) => {
    page.complaints.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await before(page);
  await page.goto(`${server.url}/`);
  return page;
}

export async function log_in(page, user = kUser, password = kPassword) {
  await page.getByLabel('Name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('[data-link="live"]').waitFor();
}

export async function open_logged_in(server, options = {}) {
  const page = await open_page(server, options);
  await log_in(page, options.user, options.password);
  return page;
}

export async function go(page, view) {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: view }).click();
}

/// Until nothing that was asked of the server has been without an answer for some frames: what is asked for next is asked, too.
export async function settled(page) {
  const frame = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  for (let quiet = 0; quiet < 6; quiet = page.asked.size ? 0 : quiet + 1) await frame();
}

export async function shot(page, name) {
  mkdirSync(kShots, { recursive: true });
  await page.screenshot({ path: `${kShots}/${name}.png` });
}
