/** The environment on GitHub of the job that answers requests, as its workflow names it. */
export const REQUESTS_ENVIRONMENT = 'access-requests';
