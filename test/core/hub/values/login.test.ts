import { describe, expect, test } from '@jest/globals';
import { loginPart } from '../../../../src/core/hub/values/login.ts';
import { contextWith } from './context.ts';

describe('login', () => {
  const secret = (key: string) => ({
    valueFrom: { secretKeyRef: { name: 'hub-secrets', key } },
  });

  test('is by GitHub alone, and nobody may enter by configuration', () => {
    expect(loginPart(contextWith({}))).toEqual({
      jupyterhub: {
        hub: {
          config: {
            JupyterHub: { authenticator_class: 'glaciocloud_hub.AccessFileAuthenticator' },
            Authenticator: {
              allow_all: false,
              allow_existing_users: false,
              any_allow_config: true,
              auth_refresh_age: 1,
              enable_auth_state: false,
              manage_groups: true,
              refresh_pre_spawn: true,
            },
            GitHubOAuthenticator: {
              oauth_callback_url: 'https://hub.example.org/hub/oauth_callback',
              http_request_kwargs: { connect_timeout: 3, request_timeout: 6 },
            },
          },
          extraEnv: {
            GITHUB_CLIENT_ID: secret('github-client-id'),
            GITHUB_CLIENT_SECRET: secret('github-client-secret'),
          },
        },
      },
      from: {
        '/hub/config/GitHubOAuthenticator/oauth_callback_url': '/url',
        '/hub/extraEnv': '/secrets',
      },
    });
  });

  test('an address may end with a slash', () => {
    expect(loginPart(contextWith({ url: 'https://hub.example.org/' }))).toEqual(
      loginPart(contextWith({})),
    );
  });
});
