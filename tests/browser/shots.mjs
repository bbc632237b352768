// Pictures of the main views in the build folder (shots/), for people to look at: npm run shots [-- NAME...]
import { close_browser, go, open_logged_in, open_page, open_server, settled, shot } from './browser.mjs';

const kWays = { desk: { width: 1280, height: 900 }, desk_dark: { width: 1280, height: 900, scheme: 'dark' }, phone: { width: 360, height: 740 }, phone_dark: { width: 360, height: 740, scheme: 'dark' } };
const kWanted = process.argv.slice(2);
/// A run that has seen something: a failed, a marginal, a quarantined module, a step that errored, a skipped one.
function with_trouble(run) {
  if (!run) return;
  const { modules, steps } = run.status;
  Object.assign(modules[0], { verdict: 'failed', reason: 'dark_rate of upper 3120 Hz, at most 2600 Hz' });
  Object.assign(modules[1], { verdict: 'marginal' });
  Object.assign(modules[3], { quarantined: true, quarantine: 'no prompt within 2 s (slowmon)' });
  Object.assign(steps[316], { state: 'errored', outcome: 'errored', reason: 'DeviceError: freezer: no answer to TEMP? within 2 s' });
  Object.assign(steps[321], { state: 'skipped', outcome: 'skipped', reason: 'laser is out for repair' });
  const rate = run.measurements.findLast((one) => one.name === 'dark_rate' && one.module === modules[0].serial);
  Object.assign(rate, { value: 3120, max: 2600, warn_max: 2000, verdict: 'failed' });
  for (const one of run.measurements) if (one.name === 'dark_rate') Object.assign(one, { max: 2600, warn_max: 2000, verdict: one.value > 2600 ? 'failed' : one.value > 2000 ? 'marginal' : 'passed' });
  for (let at = 0; at < 40; at++) run.signals.push([run.now / 1000 - 170 + at * 4, 10.3 + at * 0.2 - (at % 7) * 0.1]);
}

const wanted = (name) => !kWanted.length || kWanted.some((part) => name.includes(part));

for (const [way, options] of Object.entries(kWays)) {
  if (!wanted(way)) continue;
  const server = await open_server({ logbook: true });
  with_trouble(server.run);
  const login = await open_page(server, options);
  await shot(login, `${way}_login`);
  await login.context().close();
  const page = await open_logged_in(server, options);
  for (const view of ['Now', 'Steps', 'Modules', 'Plots', 'Timeline', 'Bench', 'Events', 'Runs', 'Logbook']) {
    if (way === 'phone' && ['Runs', 'Logbook'].includes(view)) continue;
    await go(page, view);
    await settled(page);
    await shot(page, `${way}_${view.toLowerCase()}`);
  }
  await page.goto(`${server.url}/#/newest/step/main/4`);
  await settled(page);
  await shot(page, `${way}_step`);
  await go(page, 'Now');
  server.run?.ask({ text: '+20 degC: repairs at room temperature, if any. Freezer closed again, all modules connected?', reason_required: true });
  await settled(page);
  await shot(page, `${way}_prompt`);
  await page.getByRole('button', { name: 'Pause' }).click();
  await shot(page, `${way}_confirm`);
  await page.getByRole('button', { name: 'Leave it' }).click();
  await server.lose?.();
  if (server.lose) await page.locator('[data-banner="lost"]').waitFor();
  await shot(page, `${way}_lost`);
  await page.context().close();
  await server.close?.();
}
await close_browser();
