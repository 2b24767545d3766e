import { callClientFeature, type CallClientInternals } from '../feature-registry.ts';
import { Listeners } from '../listeners.ts';
import type { DebugInfoFeature } from '../public/debug-info.ts';
import type { CallClientFeatureFactory } from '../public/feature-factories.ts';
import { environmentInfo } from './environment.ts';
import { watchOtherTabs } from './other-tabs.ts';

/** Own properties only: applications copy this object with `Object.assign`. */
function createDebugInfo({ platform }: CallClientInternals): DebugInfoFeature {
  const changed = new Listeners<[]>();
  const removals = new Map<() => void, () => void>();
  const otherTabs = watchOtherTabs(platform.navigator?.locks, platform.randomUuid(), () => changed.call());
  return {
    name: 'DebugInfo',
    get isCallClientActiveInAnotherTab() {
      return otherTabs.isAnyActive();
    },
    getEnvironmentInfo: async () => environmentInfo(platform.navigator?.userAgent, platform.RTCPeerConnection !== undefined),
    on: (_event, listener) => {
      removals.get(listener)?.();
      removals.set(listener, changed.add(listener));
    },
    off: (_event, listener) => {
      removals.get(listener)?.();
      removals.delete(listener);
    },
  };
}

export const debugInfo: CallClientFeatureFactory<DebugInfoFeature> = callClientFeature('DebugInfo', createDebugInfo);
