/** The header for extensions of A2A 0.3; `A2A-Extensions` came with 1.0. */
export const V03_EXTENSIONS_HEADER = 'X-A2A-Extensions';
