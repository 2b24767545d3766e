import type { Statement, Store } from '@dialplane/store';

/** A JSON document that is stored as a whole. */
export interface StoredDocument {
  read<Value>(): Promise<Value | undefined>;
  /** That replaces it. */
  statement(value: unknown): Statement;
}

export function storedDocument({ database }: Store, name: 'routes' | 'policy'): StoredDocument {
  return {
    read: async <Value>() => {
      const row = await database.selectFrom('telephony_document').select('value').where('name', '=', name).executeTakeFirst();
      return row === undefined ? undefined : (JSON.parse(row.value) as Value);
    },
    statement: (value) => {
      const text = JSON.stringify(value);
      return database.insertInto('telephony_document').values({ name, value: text }).onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }));
    },
  };
}
