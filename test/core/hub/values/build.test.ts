import { describe, expect, test } from '@jest/globals';
import { hubValues, originOf } from '../../../../src/core/hub/values/build.ts';
import { combine } from '../../../../src/core/hub/values/part.ts';
import { at, objectsIn } from '../../../../src/core/json.ts';
import { contextWith } from './context.ts';

test('parts are merged, later ones win, and each says where it comes from', () => {
  const { values, from } = combine([
    { jupyterhub: { a: { x: 1, y: 1 }, l: [1] }, from: { '/a': '/one' } },
    { glaciocloud: { g: { x: 1 } } },
    { jupyterhub: { a: { y: 2 }, l: [2] }, glaciocloud: { g: { y: 2 } }, from: { '/b': '/two' } },
  ]);
  expect(values).toEqual({
    jupyterhub: { a: { x: 1, y: 2 }, l: [2] },
    glaciocloud: { g: { x: 1, y: 2 } },
  });
  expect([...from]).toEqual([
    ['/a', '/one'],
    ['/b', '/two'],
  ]);
});

describe('a hub’s values', () => {
  const built = hubValues(contextWith({ probe: { api: '5m' } }));

  test.each([
    ['login', '/hub/config/Authenticator/allow_all', false],
    ['hub', '/hub/consecutiveFailureLimit', 0],
    ['entry', '/ingress/enabled', true],
    ['servers', '/singleuser/uid', 1100],
    ['network', '/singleuser/networkPolicy/enabled', true],
    ['sessions', '/cull/users', false],
    ['nodes', '/scheduling/userScheduler/enabled', false],
    ['probe', '/hub/services/glaciocloud-probe/display', false],
    ['health', '/hub/services/glaciocloud-health/display', false],
  ])('hold what %s says', (_part, path, value) => {
    expect(at(built.values.jupyterhub, path)).toBe(value);
  });

  test('have below glaciocloud: what restarts nothing', () => {
    expect(Object.keys(built.values.glaciocloud).sort()).toEqual([
      'egress',
      'hub',
      'nodes',
      'pages',
      'placeholders',
      'prepull',
      'probe',
      'profiles',
      'sessions',
      'user',
    ]);
  });

  test('values: come last, and change nothing beside what they say', () => {
    const own = { name: 'own', emptyDir: {} };
    const values = { cull: { users: true }, hub: { extraVolumes: [own] } };
    const { jupyterhub } = hubValues(contextWith({ values })).values;
    expect(at(jupyterhub, '/cull/users')).toBe(true);
    expect(at(jupyterhub, '/cull/maxAge')).toBe(0);
    const ours = at(hubValues(contextWith({})).values.jupyterhub, '/hub/extraVolumes');
    expect(at(jupyterhub, '/hub/extraVolumes')).toEqual([...objectsIn(ours), own]);
  });
});

describe('where a value comes from', () => {
  const keys = {
    probe: { api: '5m' },
    values: { hub: { resources: { limits: { memory: '1Gi' } }, 'a/b': 1 } },
  };
  const context = contextWith(keys);
  const built = hubValues(context);

  test.each([
    ['/hub/resources/limits/memory', '/values/hub/resources/limits/memory'],
    ['/hub/a~1b', '/values/hub/a~1b'],
    ['/hub/resources/requests/memory', '/capacity/maxServers'],
    ['/hub/activeServerLimit', '/capacity/maxServers'],
    ['/proxy/chp/resources/limits/memory', '/capacity/maxServers'],
    ['/ingress/hosts/0', '/url'],
    ['/ingress/tls/0/secretName', '/url'],
    ['/hub/config/GitHubOAuthenticator/oauth_callback_url', '/url'],
    ['/hub/extraEnv/GITHUB_CLIENT_ID', '/secrets'],
    ['/singleuser/extraEnv/A', '/env'],
    ['/singleuser/storage/capacity', '/home/size'],
    ['/cull/timeout', '/sessions/idle'],
    ['/cull/every', '/sessions/idle'],
    ['/hub/services/glaciocloud-probe/display', '/probe'],
    ['/hub/loadRoles/glaciocloud-probe', '/probe'],
    ['/hub/activeServerLimits', '/values'],
    ['/cull/users', '/values'],
    ['', '/values'],
  ])('%s', (path, origin) => {
    expect(originOf(built, context.hub, path)).toBe(origin);
  });

  test('the file itself, where it has no values:', () => {
    const plain = contextWith({});
    expect(originOf(hubValues(plain), plain.hub, '/cull/users')).toBe('');
    expect(originOf(hubValues(plain), plain.hub, '')).toBe('');
    expect(originOf(hubValues(plain), plain.hub, '/cull/every')).toBe('/sessions/idle');
  });

  test('what values: say of a whole section', () => {
    const section = contextWith({ values: { hub: { resources: {} } } });
    expect(originOf(hubValues(section), section.hub, '/hub/resources')).toBe(
      '/values/hub/resources',
    );
  });
});
