import type { OperationBody, Trunk } from '@dialplane/calling-api';

/** Everything that a trunk is, to be said again with a change: what a request leaves out falls back to the preset, but for secrets, which stay. */
export function settingsOf(trunk: Trunk): OperationBody<'putTrunk'> {
  const { description, isEnabled, transport, port, addresses, preset, profile, optionsIntervalSeconds, limits, registration, credentials, admission: { digest, ...admission } } = trunk;
  return {
    isEnabled, transport, port, addresses, profile, optionsIntervalSeconds, limits,
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { preset }),
    ...(registration === undefined ? {} : { registration }),
    ...(credentials === undefined ? {} : { credentials: { username: credentials.username } }),
    admission: { ...admission, ...(digest === undefined ? {} : { digest: { username: digest.username } }) },
  };
}
