import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';

/** Emergency numbers that work from every mobile telephone (3GPP TS 22.101 §10.1.1), and so are dialled by people everywhere. */
const everywhere: readonly string[] = ['112', '911'];

/**
 * Emergency numbers by country, beside those that are known everywhere: police, fire, ambulance, coast guard, as the public national numbering plans have them (format:
 * ITU-T E.129). It is not complete, and needs not be: none of them is a number in E.164 form, so what is missing here is refused as no number.
 */
const byCountry: Readonly<Record<string, string>> = {
  AE: '997 998 999', AR: '100 101 106 107', AT: '122 133 144', AU: '000 106', BE: '100 101', BG: '150 160 166', BO: '110 118 119', BR: '190 191 192 193 199', CH: '117 118 144 1414',
  CL: '131 132 133', CN: '110 119 120 122', CO: '119 123 132', CR: '118', CY: '199', CZ: '150 155 156 158', DE: '110', DK: '114', EC: '101 102 131', EG: '122 123 180', ES: '061 062 080 085 091 092',
  FR: '15 17 18 114 115 119 196', GB: '999', GH: '191 192 193 999', GI: '190 199', GR: '100 108 166 199', HK: '999 992', HR: '192 193 194 195', HU: '104 105 107', ID: '110 113 115 118 119', IE: '999',
  IL: '100 101 102', IN: '100 101 102 108', IR: '110 115 125', IT: '113 115 118 1530', JO: '191 192 193', JP: '110 118 119', KE: '999', KR: '113 117 118 119 127', KW: '777', LB: '125 140 175', LK: '110 119 118', LT: '01 02 03',
  LU: '113', LV: '01 02 03 110 113', MA: '15 19 177', MC: '15 17 18', MT: '196', MX: '060 065 066 068', MY: '994 999', NG: '199', NO: '110 113 120', NZ: '111', PE: '105 106 116 117', PH: '117', PK: '15 16 115 1122', PL: '984 985 986 997 998 999',
  PT: '117', PY: '131 132', QA: '999', RO: '981', RS: '192 193 194', RU: '01 02 03 04 101 102 103', SA: '997 998 999', SG: '995 999', SI: '113', SK: '150 155 158', TH: '191 199 1669', TN: '190 197 198',
  TR: '110 155 156 158', TW: '110 119', UA: '101 102 103', UG: '999', UY: '104 105', VE: '171', VN: '113 114 115', ZA: '10111 10177 107', ZW: '993 994 995 999',
};

const anywhere: ReadonlySet<string> = new Set([...everywhere, ...Object.values(byCountry).flatMap((numbers) => numbers.split(' '))]);

/**
 * The emergency number that somebody dialled, however it was written: `911`, `+1 911`, `9-1-1`; `undefined` for every other number.
 *
 * @param homeCountry ISO 3166-1 alpha-2 of where people dial; without one, emergency numbers of all countries are recognised.
 */
export function emergencyNumber(text: string, homeCountry?: string): string | undefined {
  const compact = text.normalize('NFKC').replaceAll(/[^\d+]/g, '');
  if (!compact.startsWith('+')) return isEmergency(compact, homeCountry) ? compact : undefined;
  const digits = compact.slice(1);
  const shortest = digits.length - 5;
  for (let length = 1; length <= 3; length += 1) {
    const local = digits.slice(length);
    if (length >= shortest && local !== '' && countriesOf(digits.slice(0, length)).some((country) => isEmergency(local, country))) return local;
  }
  return undefined;
}

function isEmergency(digits: string, country: string | undefined): boolean {
  if (everywhere.includes(digits)) return true;
  return country === undefined ? anywhere.has(digits) : (byCountry[country]?.split(' ').includes(digits) ?? false);
}

/** Countries with emergency numbers of their own under a calling code; `ZZ` stands for all others. */
function countriesOf(callingCode: string): readonly string[] {
  return ['ZZ', ...Object.keys(byCountry).filter((country) => isSupportedCountry(country) && getCountryCallingCode(country) === callingCode)];
}
