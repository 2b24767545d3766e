import type { CallInternals } from '../call-internals.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { identifierOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { ReactionCallFeature, ReactionCallFeatureEvents, ReactionMessage } from '../public/reaction.ts';

class ReactionFeature extends EventEmitter<ReactionCallFeatureEvents> implements ReactionCallFeature {
  readonly name = 'Reaction';
  private readonly call: CallInternals;

  constructor(call: CallInternals) {
    super();
    this.call = call;
    call.onEvent((event) => {
      if (event.type !== 'reactionReceived') return;
      this.emit('reaction', { identifier: identifierOf(event.sender), reactionMessage: { reactionType: event.reactionType } });
    });
  }

  async sendReaction({ reactionType }: ReactionMessage): Promise<void> {
    await this.call.request('sendReaction', { body: { reactionType } });
  }
}

export const reaction: CallFeatureFactory<ReactionCallFeature> = callFeature('Reaction', (call) => new ReactionFeature(call));
