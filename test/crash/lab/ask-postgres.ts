import pg from 'pg';

/** Asks a server over a connection of its own. */
export async function askPostgres<Row extends pg.QueryResultRow>(
  url: string,
  query: string | pg.QueryConfig,
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(query)).rows;
  } finally {
    await client.end();
  }
}
