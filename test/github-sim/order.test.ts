import { expect, test } from '@jest/globals';
import { order } from '../../src/commands/order.ts';
import { ROOT, edit, copyPlatform, temporary } from '../support/sample.ts';

const asked = { label: 'glaciocloud:retry', hub: 'hub', issue: 5, login: 'maintainer' };

test.each([
  ['glaciocloud:retry', 'hub', 'false'],
  ['glaciocloud:apply-again', '', 'true'],
  ['bug', '', 'false'],
])('the label %s asks for retry "%s", again %s', async (label, retry, again) => {
  const outputs = {
    hub: 'hub',
    cluster: 'bremen',
    retry,
    again,
    reason: 'label on issue 5 by maintainer',
  };
  expect(await order(ROOT, { ...asked, label })).toMatchObject({
    exit: 0,
    text: `hub: ${label} (label on issue 5 by maintainer)\n`,
    json: { schema_version: 1, ...outputs },
    outputs,
  });
});

test.each([undefined, '', 'hbu', 'constructor'])('the hub %p is not known', async (hub) => {
  await expect(order(ROOT, { ...asked, hub })).rejects.toMatchObject({
    message: 'the issue has no label hub:NAME of a hub of this platform',
    hint: expect.stringMatching(/^hubs: .*\bhub\b/u) as unknown,
    exit: 2,
  });
});

test('files that cannot be read are refused', async () => {
  const folder = await temporary();
  try {
    await copyPlatform(folder.path);
    await edit(folder.path, 'platform.yaml', 'waves:', 'waves: [');
    expect(await order(folder.path, asked)).toMatchObject({ exit: 2, outputs: {} });
  } finally {
    await folder.remove();
  }
});
