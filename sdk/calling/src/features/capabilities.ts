import type { Call as CallView } from '@dialplane/calling-api';
import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type {
  CapabilitiesChangedReason, CapabilitiesFeature, CapabilitiesFeatureEvents, ParticipantCapabilities, ParticipantCapability, ParticipantCapabilityName,
} from '../public/capabilities.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import { resolveCapabilities } from './capability-rules.ts';

class Capabilities extends EventEmitter<CapabilitiesFeatureEvents> implements CapabilitiesFeature {
  readonly name = 'Capabilities';
  private readonly call: CallInternals;
  private current: ParticipantCapabilities;
  private role: CallView['self']['role'] | undefined;

  constructor(call: CallInternals) {
    super();
    this.call = call;
    this.role = call.view()?.self.role;
    this.current = resolveCapabilities(call.view(), call.canCallTelephones());
    call.onViewChanged(() => this.resolveAgain());
  }

  get capabilities(): ParticipantCapabilities {
    return this.current;
  }

  private resolveAgain(): void {
    const view = this.call.view();
    const before = this.current;
    const after = resolveCapabilities(view, this.call.canCallTelephones());
    const reason: CapabilitiesChangedReason = view?.self.role === this.role ? 'MeetingDetailsUpdated' : 'RoleChanged';
    this.role = view?.self.role;
    this.current = after;
    const names = (Object.keys(after) as ParticipantCapabilityName[]).filter((name) => !isSame(before[name], after[name]));
    if (names.length > 0) this.emit('capabilitiesChanged', { oldValue: pick(before, names), newValue: pick(after, names), reason });
  }
}

export const capabilities: CallFeatureFactory<CapabilitiesFeature> = callFeature('Capabilities', (call) => new Capabilities(call));

function isSame(one: ParticipantCapability, other: ParticipantCapability): boolean {
  return one.isPresent === other.isPresent && one.reason === other.reason;
}

function pick(from: ParticipantCapabilities, names: readonly ParticipantCapabilityName[]): Partial<ParticipantCapabilities> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}
