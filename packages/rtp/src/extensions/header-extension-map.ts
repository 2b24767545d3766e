import { extensionKind, extensionKindCount, type ExtensionKind } from './extension-kind.ts';

/** The ids that a media section agreed on, by the name of the kind (RFC 8285 §5): 1..255 without 15; 0 and absent are not agreed. */
export type ExtensionIds = Readonly<Partial<Record<Exclude<keyof typeof extensionKind, 'none'>, number>>>;

/**
 * The ids that one leg uses for the kinds that matter here. Sections of a bundle share their ids (RFC 8843 §9.3), so one map serves a leg; where sections disagree, the
 * first one counts.
 */
export class HeaderExtensionMap {
  /** Kind per id. */
  readonly kinds = new Uint8Array(256);
  /** Id per kind; 0 where the kind was not agreed on. */
  readonly ids = new Uint8Array(extensionKindCount);

  constructor(sections: readonly ExtensionIds[]) {
    for (const section of sections) {
      for (const name of Object.keys(extensionKind) as Array<keyof typeof extensionKind>) if (name !== 'none') this.add(extensionKind[name], section[name] ?? 0);
    }
  }

  /** The leg's id of `kind`, 0 where it has none. */
  idOf(kind: ExtensionKind): number {
    return this.ids[kind] ?? 0;
  }

  private add(kind: ExtensionKind, id: number): void {
    if (id < 1 || id > 255 || id === 15 || this.ids[kind] !== 0 || this.kinds[id] !== extensionKind.none) return;
    this.kinds[id] = kind;
    this.ids[kind] = id;
  }
}
