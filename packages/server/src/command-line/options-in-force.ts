import type { ServerOptionList } from '@dialplane/calling-api';
import { optionTable, type OptionRow, type ServerOptions } from './options.ts';

/** The options of a running server, as they would be written, in the order of the reference. None of them is a secret: keys and certificates are named by their files. */
export function optionsInForce(options: ServerOptions): ServerOptionList['value'] {
  return (Object.keys(optionTable) as Array<keyof ServerOptions>).map((key) => {
    const { name, preset, description }: OptionRow<unknown> = optionTable[key];
    const value = key === 'relayAllowPeers' && options[key]?.length === 0 ? 'none' : written(options[key]);
    return Object.assign(value === undefined ? {} : { value }, { name, isPreset: value === preset(), description });
  });
}

/** The text that is read as this value; of what is unset, none. */
function written(value: ServerOptions[keyof ServerOptions]): string | undefined {
  if (value === undefined) return undefined;
  switch (typeof value) {
    case 'boolean':
      return value ? 'on' : 'off';
    case 'object':
      return 'first' in value ? `${value.first}-${value.last}` : value.join(',') || undefined;
    default:
      return String(value);
  }
}
