// IndexedDB's requests and transactions as promises.

/** answer resolves to the result of a request. */
export const answer = <T>(r: IDBRequest<T>): Promise<T> => new Promise((done, fail) => {
  r.onsuccess = () => done(r.result)
  r.onerror = () => fail(r.error)
})

/** committed resolves once a transaction is stored, and rejects if it is not. */
export const committed = (t: IDBTransaction): Promise<void> => new Promise((done, fail) => {
  t.oncomplete = () => done()
  t.onabort = t.onerror = () => fail(t.error)
})
