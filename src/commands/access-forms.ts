import { dirname, join } from 'node:path';
import { FORM_HEAD } from '../core/access/request/form-parts.ts';
import { formTexts } from '../core/access/request/forms.ts';
import { exists, writeWhole } from '../edges/files.ts';
import { makeFolder } from '../edges/make-folder.ts';
import { Failure } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** Writes the forms by which people ask for access; a form that somebody else made is not replaced. */
export async function accessForms(root: string): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const texts = formTexts(platform);
  if (texts.size === 0)
    throw new Failure('no hub lets in a tier, so there is nothing to ask for', {
      hint: 'name a tier in platform.yaml, and let it into a hub: `allow: ["tier:researcher"]`',
      exit: 2,
    });
  for (const path of texts.keys()) {
    const isOurs = platform.forms.get(path)?.startsWith(FORM_HEAD) ?? false;
    if (!isOurs && (await exists(join(root, path))))
      throw new Failure(`${path} is not replaced: it was not written by us`, {
        hint: 'delete it, and run this again',
        exit: 2,
      });
  }
  for (const [path, text] of texts) {
    await makeFolder(dirname(join(root, path)));
    await writeWhole(join(root, path), text);
  }
  const written = [...texts.keys()];
  return outcome({
    exit: 0,
    text: written.map((path) => `✓ ${path}\n`).join(''),
    json: { schema_version: SCHEMA_VERSION, written },
  });
}
