// Requests to the API: the answer's JSON, or an ApiError that carries the server's own sentence.

export class ApiError extends Error {
  readonly status: number;
  readonly retry_after: number;
  constructor(status: number, text: string, retry_after = 0) {
    super(text);
    this.status = status;
    this.retry_after = retry_after;
  }
}

export const kApi = '/api/v1';
const kPatience = 20_000;

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(kApi + path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(kPatience),
      ...(method === 'GET' ? {} : { headers: { 'Content-Type': 'application/json' } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'No answer: the server, or the tunnel to it, is gone.');
  }
  return response;
}

async function failure(response: Response): Promise<ApiError> {
  const answer: unknown = await response.json().catch(() => null);
  const said = answer && typeof answer === 'object' && 'text' in answer ? String(answer.text) : '';
  const wait = Number(response.headers.get('Retry-After') ?? 0);
  return new ApiError(response.status, said || `The server answered ${response.status}.`, wait);
}

/// Throws ApiError; status 0 when nobody answered.
export async function get<T>(path: string): Promise<T> {
  const response = await request('GET', path);
  if (!response.ok) throw await failure(response);
  return (await response.json()) as T;
}

/// As `get`, null where the server has nothing of the kind (404).
export async function get_if_there<T>(path: string): Promise<T | null> {
  try {
    return await get<T>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/// A refusal (409) is thrown as an ApiError with the server's sentence.
export async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await request('POST', path, body);
  if (!response.ok) throw await failure(response);
  return (await response.json()) as T;
}

export async function remove(path: string): Promise<void> {
  const response = await request('DELETE', path);
  if (!response.ok) throw await failure(response);
}

/// "?a=1&b=2" of what is set.
export function query(values: Record<string, string | number | undefined>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return set.length ? `?${new URLSearchParams(set.map(([key, value]) => [key, String(value)]))}` : '';
}

/// The sentence to show for whatever was thrown.
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
