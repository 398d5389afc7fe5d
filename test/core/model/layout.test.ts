import { expect, test } from '@jest/globals';
import { PLATFORM_FOLDERS, isRead, locate, misplaced } from '../../../src/core/model/layout.ts';

test.each([
  ['platform.yaml', 'platform', 'platform'],
  ['clusters/main.yaml', 'cluster', 'main'],
  ['environments/hub.yaml', 'environment', 'hub'],
  ['images/science-2.0/image.yaml', 'image', 'science-2.0'],
  ['images/science/image.lock.yaml', 'image-lock', 'science'],
  ['data/cru.yaml', 'data', 'cru'],
  ['access/approvers.yaml', 'approvers', 'approvers'],
  ['access/members/583231.yaml', 'member', '583231'],
  ['access/cohorts/class.yaml', 'cohort', 'class'],
  ['access/removals.yaml', 'access-removals', 'removals'],
  ['announcements/course.md', 'announcement', 'course'],
])('%s is a %s', (path, kind, name) => {
  expect(locate(path)).toEqual({ kind, name });
  expect(misplaced(path)).toBeUndefined();
  expect(locate(`sub/${path}`)).toBeUndefined();
  expect(locate(`${path}.orig`)).toBeUndefined();
});

test.each([
  ['platform.yml', 'platform.yaml'],
  ['clusters/main.yml', 'clusters/<name>.yaml'],
  ['clusters/sub/main.yaml', 'clusters/<name>.yaml'],
  ['environments/hub.yml', 'environments/<hub>.yaml'],
  ['images/image.yaml', 'images/<image>/image.yaml'],
  ['images/science/image.yml', 'images/<image>/image.yaml'],
  ['images/science/image.lock.yml', 'images/<image>/image.yaml'],
  ['data/sub/cru.yaml', 'data/<set>.yaml'],
  ['access/members.yaml', 'access/members/<id>.yaml'],
  ['access/member/1.yaml', 'access/members/<id>.yaml'],
  ['access/cohort/class.yaml', 'access/cohorts/<slug>.yaml'],
  ['access/approver.yaml', 'access/approvers.yaml'],
  ['access/x.yaml', 'access/approvers.yaml'],
  ['announcements/course.yaml', 'announcements/<name>.md'],
  ['secrets/hub.yaml', 'secrets/<hub>.sops.yaml'],
  ['secrets/hub.sops.yml', 'secrets/<hub>.sops.yaml'],
  ['secrets/hub.sops.yaml.txt', 'secrets/<hub>.sops.yaml'],
  ['secrets/age.txt', 'secrets/<hub>.sops.yaml'],
  ['secrets/a/hub.sops.yaml', 'secrets/<hub>.sops.yaml'],
])('%s: read is %s', (path, example) => {
  expect(locate(path)).toBeUndefined();
  expect(misplaced(path)).toBe(example);
});

test.each([
  'README.md',
  'clusters/README.md',
  'announcements/README.md',
  'announcements/deep/course.md',
  'clusters/main.yaml.orig',
  'images/science/environment.yaml',
  'images/science/deep/image.yml',
  'images/science/image.lock.yaml.txt',
  'mkdocs.yml',
  'docs/platform.yml',
  'yaml',
  'secrets/hub.sops.yaml',
  'secrets/README.md',
  'secrets/age.pub',
  'secrets/.gitkeep',
])('%s is none of our business', (path) => {
  expect(locate(path)).toBeUndefined();
  expect(misplaced(path)).toBeUndefined();
});

test('folders', () => {
  expect(PLATFORM_FOLDERS.join(' ')).toBe(
    'clusters environments images data access announcements secrets',
  );
});

test.each([
  ['platform.yaml', true],
  ['images/science/image.yaml', true],
  ['secrets/hub.sops.yaml', true],
  ['secrets/hub.yaml', true],
  ['.github/ISSUE_TEMPLATE/access.yml', true],
  ['.github/ISSUE_TEMPLATE/renew.yml', true],
  ['.github/ISSUE_TEMPLATE/class.yml', true],
  ['.github/ISSUE_TEMPLATE/problem.yml', false],
  ['.github/access.yml', false],
  ['images/science/notebook.ipynb', false],
  ['my-secrets/hub.yaml', false],
])('the text of %s is looked at: %s', (path, expected) => {
  expect(isRead(path)).toBe(expected);
});
