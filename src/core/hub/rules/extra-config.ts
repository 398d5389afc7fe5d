import { at, isObject, pointer, segmentsOf, textAt } from '../../json.ts';
import type { Rule } from '../../rule.ts';
import { ownPrograms } from './closed.ts';

const HINT = 'let somebody review it; a deployment that breaks a promise by it is refused';
/** Python that the hub finds: beside its configuration, and where packages are. Source: jupyterhub 4.4.0. */
const LOADED =
  /^\/usr\/local\/etc\/jupyterhub\/.*\.py$|\/(site|dist)-packages\/|\.pth$|customize\.py$/u;

export const extraConfig: Rule = {
  id: 'extra-config',
  severity: 'warning',
  title: 'Code and programs of one’s own in the hub are looked at by whoever reviews them.',
  why: 'It is code, and no rule reads it. A deployment loads it first and holds what it does for every image and size against the platform’s promises; code that looks at the clock, the person or the pod is not found by that.',
  on: 'values',
  *check({ hub, place }) {
    const code = at(hub.data.values, '/hub/extraConfig');
    for (const name of Object.keys(isObject(code) ? code : {}))
      yield {
        at: place(pointer('hub', 'extraConfig', name)),
        message: `"${name}" is code of yours, which no rule reads`,
        hint: HINT,
      };
    const files = at(hub.data.values, '/hub/extraFiles');
    for (const [name, file] of Object.entries(isObject(files) ? files : {}))
      if (LOADED.test(textAt(file, '/mountPath')))
        yield {
          at: place(pointer('hub', 'extraFiles', name)),
          message: `"${name}" is code of yours, which no rule reads`,
          hint: HINT,
        };
    for (const path of ownPrograms(hub.data.values))
      yield {
        at: place(path),
        message: `"${segmentsOf(path).join('.')}" is a program of yours, which no rule reads`,
        hint: HINT,
      };
  },
};
