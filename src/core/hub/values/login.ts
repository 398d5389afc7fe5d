import type { JsonObject } from '../../json.ts';
import type { HubContext, Part } from './part.ts';
import { suppliedFor, variablesFrom } from './supplied.ts';

/**
 * GitHub says who somebody is, at login only; the access file says everything else. The other side
 * of it is charts/oggm-hub/files/glaciocloud_hub.py.
 */
export function loginPart({ hub }: HubContext): Part {
  return {
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
            oauth_callback_url: `${hub.data.url.replace(/\/$/u, '')}/hub/oauth_callback`,
            http_request_kwargs: { connect_timeout: 3, request_timeout: 6 },
          },
        },
        extraEnv: secretEnv(suppliedFor(hub.data, 'hub')),
      },
    },
    from: {
      '/hub/config/GitHubOAuthenticator/oauth_callback_url': '/url',
      '/hub/extraEnv': '/secrets',
    },
  };
}

/** `github-client-id` reaches the hub as GITHUB_CLIENT_ID. */
export function hubVariable(secret: string): string {
  return secret.toUpperCase().replaceAll(/[^A-Z0-9]/gu, '_');
}

/** By reference: never as a value. */
function secretEnv(names: readonly string[]): JsonObject {
  return variablesFrom(
    'hub',
    names.map((name) => [hubVariable(name), name]),
  );
}
