import type { EndpointEvent } from '@dialplane/calling-api';
import type { CallInternals } from '../call-internals.ts';
import { endReasonOf } from '../call/end-reasons.ts';
import { EventEmitter } from '../event-emitter.ts';
import { callFeature } from '../feature-registry.ts';
import { rawIdOf } from '../identifiers.ts';
import type { CallFeatureFactory } from '../public/feature-factories.ts';
import type {
  Transfer, TransferCallFeature, TransferCallFeatureEvents, TransferErrorCode, TransferEvents, TransferOptions, TransferToCallLocator, TransferToParticipantLocator,
  TransferToVoicemailLocator,
} from '../public/transfer.ts';

type Locator = TransferToParticipantLocator | TransferToCallLocator | TransferToVoicemailLocator;
type TransferChanged = Extract<EndpointEvent, { type: 'transferChanged' }>;

/** A transfer that this client asked for, from the request to its one outcome. */
class AskedTransfer extends EventEmitter<TransferEvents> implements Transfer {
  state: Transfer['state'] = 'Transferring';
  error: TransferErrorCode | undefined = undefined;

  /** A second outcome changes nothing. */
  settle(state: 'Transferred' | 'Failed', error?: TransferErrorCode): void {
    if (this.state !== 'Transferring') return;
    this.state = state;
    this.error = error;
    this.emit('stateChanged');
  }
}

/** Hands the other side of the call over: `Features.Transfer`. One at a time, as the server has it. */
class TransferFeature extends EventEmitter<TransferCallFeatureEvents> implements TransferCallFeature {
  readonly name = 'Transfer';
  private readonly call: CallInternals;
  private readonly asked = new Map<string, AskedTransfer>();
  /** Outcomes that came before the answer that names their transfer. */
  private readonly early = new Map<string, TransferChanged>();

  constructor(call: CallInternals) {
    super();
    this.call = call;
    call.onEvent((event) => {
      if (event.type === 'transferChanged') this.changed(event);
    });
    call.onTransferAccepted((targetCall) => {
      this.emit('transferAccepted', { targetCall });
    });
    call.onEnded(() => {
      for (const transfer of this.asked.values()) transfer.settle('Failed', { code: 487, subCode: 0 });
    });
  }

  transfer(target: Locator, options: TransferOptions = {}): Transfer {
    const transfer = new AskedTransfer();
    // After the caller had the time to subscribe.
    queueMicrotask(() => {
      void this.ask(transfer, target, options);
    });
    return transfer;
  }

  private async ask(transfer: AskedTransfer, target: Locator, { customContext, transferee }: TransferOptions): Promise<void> {
    // There is no voicemail here: 412, by a state as Azure's.
    if ('targetParticipantVoicemail' in target) {
      transfer.settle('Failed', { code: 412, subCode: 0 });
      return;
    }
    const whom = 'targetCallId' in target ? { targetCallId: target.targetCallId } : { target: rawIdOf(target.targetParticipant) };
    try {
      const { transferId } = await this.call.request('transferCall', { body: { ...whom, ...(transferee === undefined ? {} : { transferee: rawIdOf(transferee) }), ...(customContext === undefined ? {} : { customContext: structuredClone(customContext) as object }) } });
      this.asked.set(transferId, transfer);
      const early = this.early.get(transferId);
      if (early !== undefined) this.changed(early);
    } catch (error) {
      const { code, subCode } = endReasonOf(error);
      transfer.settle('Failed', { code, subCode });
    }
  }

  private changed(event: TransferChanged): void {
    const { transferId, state, code = 0, subCode = 0 } = event;
    if (state === 'Transferring') return;
    const transfer = this.asked.get(transferId);
    if (transfer === undefined) this.early.set(transferId, event);
    else if (state === 'Failed') transfer.settle('Failed', { code, subCode });
    else transfer.settle('Transferred');
  }
}

export const transfer: CallFeatureFactory<TransferCallFeature> = callFeature('Transfer', (call) => new TransferFeature(call));
