import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type { Transfer, TransferCallFeature, TransferCallFeatureEvents, TransferEvents } from '../public/transfer.ts';

/** A transfer that failed at once, as every one does where the server has no operation for it: 412, by a state as Azure's. */
class RefusedTransfer extends EventEmitter<TransferEvents> implements Transfer {
  state: Transfer['state'] = 'Transferring';
  error: Transfer['error'] = undefined;

  /** After the caller had the time to subscribe. */
  refuse(): void {
    this.state = 'Failed';
    this.error = { code: 412, subCode: 0 };
    this.emit('stateChanged');
  }
}

class TransferFeature extends EventEmitter<TransferCallFeatureEvents> implements TransferCallFeature {
  readonly name = 'Transfer';

  transfer(): Transfer {
    const transfer = new RefusedTransfer();
    queueMicrotask(() => transfer.refuse());
    return transfer;
  }
}

export const transfer: CallFeatureFactory<TransferCallFeature> = callFeature('Transfer', () => new TransferFeature());
