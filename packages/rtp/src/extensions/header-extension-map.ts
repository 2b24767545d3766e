import { extensionKind, extensionUris, type ExtensionKind } from './extension-kind.ts';

/** One `a=extmap` that both sides agreed on. */
export interface NegotiatedExtension {
  /** 1..14, or up to 255 where two-byte headers were agreed on (RFC 8285 §4.2, §4.3). */
  readonly id: number;
  readonly uri: string;
}

const kindsByUri = new Map<string, ExtensionKind>(Object.entries(extensionUris).map(([name, uri]) => [uri, extensionKind[name as keyof typeof extensionKind]]));

/** The ids that one leg uses for the kinds that matter here. URIs that are not known are ignored; the first id of a kind counts. */
export class HeaderExtensionMap {
  /** Kind per id. */
  readonly kinds = new Uint8Array(256);
  /** Id per kind; 0 where the kind was not agreed on. */
  readonly ids = new Uint8Array(Object.keys(extensionKind).length);

  constructor(negotiated: readonly NegotiatedExtension[]) {
    for (const { id, uri } of negotiated) {
      const kind = kindsByUri.get(uri);
      if (kind === undefined || id < 1 || id > 255 || id === 15 || this.ids[kind] !== 0 || this.kinds[id] !== extensionKind.none) continue;
      this.kinds[id] = kind;
      this.ids[kind] = id;
    }
  }

  /** The leg's id of `kind`, 0 where it has none. */
  idOf(kind: ExtensionKind): number {
    return this.ids[kind] ?? 0;
  }
}
