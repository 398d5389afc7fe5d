import { expect, test } from '@jest/globals';
import { PROBE, probeNamespace, probePart } from '../../../../src/core/hub/values/probe.ts';
import { at } from '../../../../src/core/json.ts';
import { contextWith } from './context.ts';

const tools = {
  'images/tools-2.0/image.yaml': {
    title: 'Tools',
    from: { image: 'registry.example.org/tools', tag: '2.0' },
  },
};

const origins = {
  from: {
    '/hub/services/glaciocloud-probe': '/probe',
    '/hub/loadRoles/glaciocloud-probe': '/probe',
  },
  ownFrom: {
    '/probe': '/probe',
    '/probe/settings': '/probe',
    '/probe/settings/hub': '',
    '/probe/settings/job': '',
  },
};

test('a probe where the hub’s file asks for it: its own service, scopes and namespace', () => {
  const probe = { api: '5m', spawn: '2h', onlyWhenWarm: false };
  const sizes = { a: { cpu: 1, memory: '1G' }, b: { cpu: 2, memory: '4G', default: true } };
  expect(PROBE).toBe('glaciocloud-probe');
  expect(probeNamespace('hub')).toBe('hub-probe');
  expect(probePart(contextWith({ probe, sizes }))).toEqual({
    jupyterhub: {
      hub: {
        services: { 'glaciocloud-probe': { display: false } },
        loadRoles: {
          'glaciocloud-probe': {
            services: ['glaciocloud-probe'],
            scopes: [
              'read:hub',
              ...[0, 1, 2, 3].flatMap((index) => [
                `delete:users!user=probe_${index}`,
                `servers!user=probe_${index}`,
                `access:servers!user=probe_${index}`,
              ]),
            ],
          },
        },
      },
    },
    glaciocloud: {
      probe: {
        namespace: 'hub-probe',
        settings: {
          hub: 'hub',
          api: 300,
          spawn: 7200,
          onlyWhenWarm: false,
          job: {
            hub: 'http://hub.hub.svc:8081',
            proxy: 'http://proxy-public.hub.svc',
            checks: [
              {
                user: 'probe_0',
                profile: 'science',
                size: 'b',
                image: 'science',
                oggm: true,
                version: '1.6.3',
                smoke: false,
                starts: 1,
              },
            ],
          },
        },
      },
    },
    ...origins,
  });
});

test('the first image is tried, with OGGM or without', () => {
  const check = (images: string[], more: Record<string, Record<string, unknown>> = {}) =>
    at(
      probePart(contextWith({ images, probe: { api: '5m' } }, { ...tools, ...more })).glaciocloud,
      '/probe/settings/job/checks/0',
    );
  expect(check(['tools-2.0', 'science'])).toMatchObject({
    profile: 'tools-2-0',
    image: 'tools-2.0',
    oggm: false,
    version: null,
  });
  const git = { 'images/science/image.yaml': { oggm: { git: 'OGGM/oggm' } } };
  expect(check(['science'], git)).toMatchObject({ oggm: true, version: null });
});

test('nothing where it is not asked for, or where there is nothing to try', () => {
  expect(probePart(contextWith({}))).toEqual(origins);
  expect(probePart(contextWith({ probe: { api: '5m' }, images: ['nobody'] }))).toEqual(origins);
});
