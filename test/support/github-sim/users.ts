import { found, userBody } from './call.ts';
import type { Handler } from './call.ts';
import type { OperationId } from './operations.ts';

/** Accounts, by login and by id. */
export const USERS: Readonly<Partial<Record<OperationId, Handler>>> = {
  'users/get-by-id': {
    handle: ({ state, parameters }) => {
      const user = found(state.users.get(Number(parameters['account_id'])));
      return { status: 200, body: { ...userBody(user), created_at: user.created_at } };
    },
  },
  'users/get-authenticated': {
    handle: ({ token }) => ({ status: 200, body: userBody(token.user) }),
  },
  'users/get-by-username': {
    handle: ({ state, parameters }) => ({
      status: 200,
      body: userBody(
        found(
          [...state.users.values()].find(
            ({ login }) => login.toLowerCase() === parameters['username']?.toLowerCase(),
          ),
        ),
      ),
    }),
  },
};
