import { clientError, type CallingError } from '../communication-services-error.ts';

/** What a command of a feature that this system does not serve (yet) rejects with; `feature` names it for the developer. */
export function notAvailable(feature: string): CallingError {
  return clientError('FEATURE_NOT_AVAILABLE', { message: `${feature} is not available in this call.` });
}
