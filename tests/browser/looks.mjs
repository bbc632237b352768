// The main views of a real server as people see them: a desk and a phone, light and dark -> pictures in the build folder (shots/).
import assert from 'node:assert/strict';
import { go, open_logged_in, settled, shot } from './browser.mjs';

const kWays = { desk: { width: 1280, height: 900 }, desk_dark: { width: 1280, height: 900, scheme: 'dark' }, phone: { width: 390, height: 844 }, phone_dark: { width: 390, height: 844, scheme: 'dark' } };

/// Nothing is wider than the screen, nothing of a dialog lies outside it.
async function fits(page, what) {
  const over = await page.evaluate(() => {
    const dialog = document.querySelector('dialog')?.getBoundingClientRect();
    return { page: document.documentElement.scrollWidth - innerWidth, dialog: dialog ? Math.max(-dialog.left, -dialog.top, dialog.right - innerWidth, dialog.bottom - innerHeight) : 0 };
  });
  assert.ok(over.page <= 0 && over.dialog <= 0, `${what}: ${JSON.stringify(over)} px too much`);
}

async function look(page, name) {
  await settled(page);
  await fits(page, name);
  await shot(page, name);
}

/// `user`: {user, password}; `when` names the pictures. Changes nothing.
export async function every_look(server, user, when) {
  for (const [way, options] of Object.entries(kWays)) {
    const page = await open_logged_in(server, { ...options, ...user });
    for (const view of ['Now', 'Modules', 'Plots', 'Timeline', 'Events', 'Runs', 'Logbook', 'Steps']) {
      await go(page, view);
      await look(page, `real_${when}_${way}_${view.toLowerCase()}`);
    }
    const menus = page.getByRole('button', { name: /^Actions for / });
    if (await menus.count()) {
      await menus.last().click();
      await look(page, `real_${when}_${way}_menu`);
      const change = page.getByRole('dialog').getByRole('button', { name: 'Change keys' });
      if (await change.count()) {
        await change.click();
        await page.getByRole('dialog', { name: /^Change keys/ }).waitFor();
        await look(page, `real_${when}_${way}_dialog`);
      }
    }
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  }
}
