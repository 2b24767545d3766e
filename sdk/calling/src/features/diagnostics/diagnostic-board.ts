import { DiagnosticQuality } from '../../enumerations.ts';
import { EventEmitter } from '../../event-emitter.ts';
import type { LatestDiagnosticValue } from '../../public/diagnostics.ts';

interface BoardEvents<Name extends string> {
  diagnosticChanged: (args: LatestDiagnosticValue & { readonly diagnostic: Name }) => void;
}

/**
 * The newest value of each diagnostic. Everything starts out well, so that only what changes is told: a flag is false and a
 * quality Good until the opposite was found.
 */
export class DiagnosticBoard<Name extends string> extends EventEmitter<BoardEvents<Name>> {
  private readonly latest = new Map<Name, LatestDiagnosticValue>();

  getLatest(): Partial<Record<Name, LatestDiagnosticValue>> {
    return Object.fromEntries(this.latest) as Partial<Record<Name, LatestDiagnosticValue>>;
  }

  setFlag(diagnostic: Name, value: boolean): void {
    this.set(diagnostic, { value, valueType: 'DiagnosticFlag' }, false);
  }

  setQuality(diagnostic: Name, value: DiagnosticQuality): void {
    this.set(diagnostic, { value, valueType: 'DiagnosticQuality' }, DiagnosticQuality.Good);
  }

  private set(diagnostic: Name, next: LatestDiagnosticValue, wellValue: LatestDiagnosticValue['value']): void {
    if ((this.latest.get(diagnostic)?.value ?? wellValue) === next.value) return;
    this.latest.set(diagnostic, next);
    this.emit('diagnosticChanged', { diagnostic, ...next });
  }
}
