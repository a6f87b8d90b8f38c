import type { RecordStore, StoredRecord } from "../core/outbox.ts";

const KEYS = "keys";
const RECORDS = "records";
const PATIENCE_MS = 5000;

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly bytes: ArrayBuffer;
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open("dialogram", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(KEYS);
    request.result.createObjectStore(RECORDS);
  };
  return answered(request);
}

async function obtainKey(database: IDBDatabase, sitting: string): Promise<CryptoKey> {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const transaction = database.transaction(KEYS, "readwrite", { durability: "strict" });
  const keys = transaction.objectStore(KEYS);
  // Read and write in one transaction: two tabs of one sitting must end up with the same key.
  const found = (await answered(keys.get(sitting))) as CryptoKey | undefined;
  if (!found) keys.put(made, sitting);
  await committed(transaction);
  return found ?? made;
}

/** Keeps records in memory: where the browser has no IndexedDB or no WebCrypto (plain HTTP off localhost). */
export class MemoryStore implements RecordStore {
  readonly lasting = false;
  load = async (): Promise<StoredRecord[]> => [];
  put = async (): Promise<void> => {};
  remove = async (): Promise<void> => {};
  clear = async (): Promise<void> => {};
}

/**
 * Keeps the records of one sitting in IndexedDB, sealed with a key that script can use but never read.
 *
 * Every step waits for the one before it, so that records are written in their order and a crash leaves no hole.
 */
export class SealedStore implements RecordStore {
  readonly #database: IDBDatabase;
  readonly #key: CryptoKey;
  readonly #sitting: string;
  #last: Promise<unknown> = Promise.resolve();
  #lasting = true;

  private constructor(database: IDBDatabase, key: CryptoKey, sitting: string) {
    this.#database = database;
    this.#key = key;
    this.#sitting = sitting;
  }

  static async open(sitting: string): Promise<SealedStore> {
    const database = await openDatabase();
    return new SealedStore(database, await obtainKey(database, sitting), sitting);
  }

  get lasting(): boolean {
    return this.#lasting;
  }

  load(): Promise<StoredRecord[]> {
    return this.#inTurn(async () => {
      const records = this.#database.transaction(RECORDS).objectStore(RECORDS);
      const [keys, sealed] = await Promise.all([
        answered(records.getAllKeys(this.#range())) as Promise<[string, string, number][]>,
        answered(records.getAll(this.#range())) as Promise<Sealed[]>,
      ]);
      const stored: StoredRecord[] = [];
      for (const [index, [, stream, seq]] of keys.entries()) {
        const { iv, bytes } = sealed[index] as Sealed;
        // What was sealed with a key that has been thrown away since is gone for good.
        const opened = await crypto.subtle.decrypt(this.#cipher(iv, stream, seq), this.#key, bytes).catch(() => null);
        if (opened) stored.push({ stream, seq, text: new TextDecoder().decode(opened) });
      }
      return stored;
    }, []);
  }

  put({ stream, seq, text }: StoredRecord): Promise<void> {
    return this.#inTurn(async () => {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const bytes = await crypto.subtle.encrypt(
        this.#cipher(iv, stream, seq),
        this.#key,
        new TextEncoder().encode(text),
      );
      await this.#write((records) => records.put({ iv, bytes } satisfies Sealed, [this.#sitting, stream, seq]));
    }, undefined);
  }

  remove(stream: string, seqs: readonly number[]): Promise<void> {
    return this.#inTurn(
      () =>
        this.#write((records) => {
          for (const seq of seqs) records.delete([this.#sitting, stream, seq]);
        }),
      undefined,
    );
  }

  clear(): Promise<void> {
    return this.#inTurn(async () => {
      const transaction = this.#database.transaction([KEYS, RECORDS], "readwrite", { durability: "strict" });
      transaction.objectStore(RECORDS).delete(this.#range());
      transaction.objectStore(KEYS).delete(this.#sitting);
      await committed(transaction);
    }, undefined);
  }

  /** Run after what was asked before; a browser that refuses (disk full, private window) makes the store memory only. */
  #inTurn<T>(step: () => Promise<T>, otherwise: T): Promise<T> {
    const done = this.#last.then(step).catch(() => {
      this.#lasting = false;
      return otherwise;
    });
    this.#last = done;
    return done;
  }

  #write(change: (records: IDBObjectStore) => void): Promise<void> {
    const transaction = this.#database.transaction(RECORDS, "readwrite", { durability: "strict" });
    change(transaction.objectStore(RECORDS));
    return committed(transaction);
  }

  #range(): IDBKeyRange {
    return IDBKeyRange.bound([this.#sitting], [this.#sitting, []]);
  }

  #cipher(iv: Uint8Array<ArrayBuffer>, stream: string, seq: number): AesGcmParams {
    const additionalData = new TextEncoder().encode(`${this.#sitting}/${stream}/${seq}`);
    return { name: "AES-GCM", iv, additionalData };
  }
}

/** The best store this browser offers for a sitting: one that fails, or does not answer at all, is done without. */
export async function openStore(sitting: string): Promise<RecordStore> {
  const patience = new Promise<RecordStore>((resolve) => {
    setTimeout(() => resolve(new MemoryStore()), PATIENCE_MS);
  });
  return await Promise.race([SealedStore.open(sitting).catch(() => new MemoryStore()), patience]);
}
