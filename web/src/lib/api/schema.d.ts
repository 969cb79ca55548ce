// The server's API in the shape openapi-typescript gives it. `make types` replaces this file.

interface Money { amount_minor: number; currency: string }
interface Person { id: string; display_name: string }
interface Page<T> { items: T[]; next_cursor: string | null }
type Role = 'viewer' | 'creator' | 'moderator' | 'operator';
interface Me { id: string; email: string; display_name: string; country: string; birth_date: string; roles: Role[]; age_state: 'allowed' | 'underage' | 'country_closed'; age_min_years: number; created_at: string }
interface RegisterBody { email: string; password: string; display_name: string; birth_date: string; country: string }
interface LoginBody { email: string; password: string }
interface Login { access_token: string; expires_at: string; user: Me }
interface Session { expires_at: string; user: Me }
interface Country { code: string; name: string; currency: string; open: boolean; age_min_years: number }
interface Profile { id: string; display_name: string; is_creator: boolean; followers: number; following: boolean }
interface Follow { following: boolean; followers: number }
interface DemoUser { email: string; display_name: string; role: Role }
interface Demo { enabled: boolean; users: DemoUser[] }
interface DemoBody { email: string }
interface CoinPackage { id: string; coins: number; coins_bonus: number; net: Money; tax: Money; total: Money; micro_per_coin: number; saving_bp: number | null; app_store_total: Money | null }
interface PackageList { country: string; channel: string; currency: string; tax_name: string; tax_bp: number; tax_inclusive: boolean; items: CoinPackage[]; next_cursor: null }
interface Provider { name: string; label: string; channel: string; methods: string[] }
type OrderState = 'created' | 'pending' | 'paid' | 'credited' | 'failed' | 'expired' | 'refunded' | 'disputed';
interface OrderStep { state: OrderState; reason: string; at: string }
interface Order { id: string; state: OrderState; package_id: string; provider: string; channel: string; country: string; coins: number; coins_bonus: number; net: Money; tax: Money; total: Money; checkout_url: string | null; return_path: string | null; created_at: string; expires_at: string; updated_at: string; history: OrderStep[] }
interface OrderBody { package_id: string; provider: string; country: string; return_path?: string | null }
interface SandboxPayBody { outcome: 'succeed' | 'decline' | 'abandon' | 'succeed_late' | 'succeed_twice' | 'dispute' | 'refund' }
interface TestCard { number: string; label: string; outcome: string }
interface Checkout { id: string; state: string; merchant: string; description: string; amount: Money; order_id: string; return_url: string; test_cards: TestCard[] }
interface CardBody { card_number: string; expiry: string; cvc: string; holder: string }
interface Budget { monthly_coins: number | null; spent_coins: number; remaining_coins: number | null; resets_at: string; next: { monthly_coins: number | null; at: string } | null }
interface Wallet { coins_paid: number; coins_bonus: number; coins_total: number; coins_owed: number; frozen: boolean; budget: Budget }
interface BudgetBody { monthly_coins: number | null }
interface WalletTransaction { id: string; kind: 'top_up' | 'gift' | 'refund' | 'chargeback'; at: string; coins_paid: number; coins_bonus: number; balance_after: number; order_id: string | null; gift: { slug: string; name: string; count: number; recipient: Person; room_id: string } | null }
interface Lot { id: string; at: string; coins_bought: number; coins_spent: number; coins_left: number; coins_refunded: number; total: Money; tax: Money; provider: string }
interface GiftAnimation { kind: 'hop' | 'fly' | 'stage'; duration_ms: number; art_url: string }
interface GiftType { id: string; version: number; slug: string; name: string; coins: number; streakable: boolean; alt: string; animation: GiftAnimation }
interface GiftList { items: GiftType[]; next_cursor: null; count_max: number; message_characters_max: number; share_bp: number }
interface GiftBody { id: string; gift: string; version?: number | null; count: number; message?: string | null; streak?: string | null }
interface GiftName { id: string; version: number; slug: string; name: string }
interface Receipt { id: string; gift: GiftName; count: number; coins: number; coins_paid: number; coins_bonus: number; milli_diamonds: number; seq: number; room_id: string; created_at: string; wallet: Wallet }
interface Stream { id: string; title: string; creator: Person; state: 'live' | 'ended'; started_at: string; ended_at: string | null; viewers: number; gifting: boolean; followers: number }
interface StreamBody { title: string }
interface Supporter { rank: number; user: Person; coins: number }
interface GiftEvent { type: 'gift'; seq: number | null; at: string; id: string; sender: Person; gift: GiftName; animation_kind: 'hop' | 'fly' | 'stage'; count: number; coins: number; milli_diamonds: number; streak: string | null; message: string | null }
interface ChatEvent { type: 'chat'; seq: number | null; at: string; id: string; sender: Person; text: string }
interface StreamEndEvent { type: 'stream_end'; seq: number | null; at: string }
interface SupportersEvent { type: 'supporters'; seq: number | null; at: string; items: Supporter[] }
interface ViewerCountEvent { type: 'viewer_count'; seq: number | null; at: string; count: number }
type RoomEvent = GiftEvent | ChatEvent | StreamEndEvent | SupportersEvent | ViewerCountEvent;
interface EventList { items: RoomEvent[]; next_cursor: string | null; last_seq: number }
interface Post { id: string; caption: string; creator: Person; created_at: string; gifting: boolean; gifts_count: number; coins_total: number }
interface PostBody { caption: string }
interface Overlay { overlay_url: string; token: string }
interface OverlayRoom { creator: Person; stream: Stream | null }
interface EligibilityReason { code: 'followers' | 'age' | 'account_age' | 'country'; met: boolean; have: number | null; need: number | null }
interface Eligibility { eligible: boolean; gifting: boolean; reasons: EligibilityReason[] }
interface GiftingBody { enabled: boolean }
interface EarningsDay { date: string; gifts: number; coins: number; milli_diamonds: number }
interface EarningsRoom { room_id: string; kind: 'stream' | 'post'; title: string; started_at: string; gifts: number; coins: number; milli_diamonds: number }
interface Earnings { pending_milli_diamonds: number; available_milli_diamonds: number; held_milli_diamonds: number; paid_milli_diamonds: number; total_milli_diamonds: number; share_bp: number; redemption: { currency: string; micro_per_diamond: number }; value: Money; days: EarningsDay[]; streams: EarningsRoom[] }
interface ReceivedGift { id: string; at: string; sender: Person; gift: GiftName; count: number; coins: number; milli_diamonds: number; share_bp: number; room_id: string; room_title: string; available_at: string }

export interface components {
	schemas: {
		Money: Money;
		Person: Person;
		Me: Me;
		RegisterBody: RegisterBody;
		LoginBody: LoginBody;
		Login: Login;
		Session: Session;
		Country: Country;
		Profile: Profile;
		Follow: Follow;
		DemoUser: DemoUser;
		Demo: Demo;
		DemoBody: DemoBody;
		CoinPackage: CoinPackage;
		PackageList: PackageList;
		Provider: Provider;
		OrderStep: OrderStep;
		Order: Order;
		OrderBody: OrderBody;
		SandboxPayBody: SandboxPayBody;
		TestCard: TestCard;
		Checkout: Checkout;
		CardBody: CardBody;
		Budget: Budget;
		Wallet: Wallet;
		BudgetBody: BudgetBody;
		WalletTransaction: WalletTransaction;
		Lot: Lot;
		GiftAnimation: GiftAnimation;
		GiftType: GiftType;
		GiftList: GiftList;
		GiftBody: GiftBody;
		GiftName: GiftName;
		Receipt: Receipt;
		Stream: Stream;
		StreamBody: StreamBody;
		Supporter: Supporter;
		GiftEvent: GiftEvent;
		ChatEvent: ChatEvent;
		StreamEndEvent: StreamEndEvent;
		SupportersEvent: SupportersEvent;
		ViewerCountEvent: ViewerCountEvent;
		EventList: EventList;
		Post: Post;
		PostBody: PostBody;
		Overlay: Overlay;
		OverlayRoom: OverlayRoom;
		EligibilityReason: EligibilityReason;
		Eligibility: Eligibility;
		GiftingBody: GiftingBody;
		EarningsDay: EarningsDay;
		EarningsRoom: EarningsRoom;
		Earnings: Earnings;
		ReceivedGift: ReceivedGift;
	};
}

export interface paths {
	'/v1/auth/register': {
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': RegisterBody } };
			responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Me } } };
		};
	};
	'/v1/auth/login': {
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': LoginBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Login } } };
		};
	};
	'/v1/auth/session': {
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': LoginBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Session } } };
		};
		delete: {
			parameters: {
				query?: never;
			};
			responses: { 204: { headers: Record<string, unknown>; content?: never } };
		};
	};
	'/v1/me': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Me } } };
		};
	};
	'/v1/countries': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Country> } } };
		};
	};
	'/v1/users/{id}': {
		get: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Profile } } };
		};
	};
	'/v1/users/{id}/follow': {
		put: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Follow } } };
		};
		delete: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Follow } } };
		};
	};
	'/v1/demo': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Demo } } };
		};
	};
	'/v1/demo/session': {
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': DemoBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Session } } };
		};
	};
	'/v1/coin-packages': {
		get: {
			parameters: {
				query: { country: string; channel?: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': PackageList } } };
		};
	};
	'/v1/providers': {
		get: {
			parameters: {
				query?: { country?: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Provider> } } };
		};
	};
	'/v1/orders': {
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': OrderBody } };
			responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Order } } };
		};
		get: {
			parameters: {
				query?: { limit?: number; cursor?: string|null };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Order> } } };
		};
	};
	'/v1/orders/{id}': {
		get: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Order } } };
		};
	};
	'/v1/sandbox/orders/{id}/pay': {
		post: {
			parameters: {
				path: { id: string };
			};
			requestBody: { content: { 'application/json': SandboxPayBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Order } } };
		};
	};
	'/v1/sandbox/checkouts/{checkout_id}': {
		get: {
			parameters: {
				path: { checkout_id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Checkout } } };
		};
	};
	'/v1/sandbox/checkouts/{checkout_id}/pay': {
		post: {
			parameters: {
				path: { checkout_id: string };
			};
			requestBody: { content: { 'application/json': CardBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Checkout } } };
		};
	};
	'/v1/sandbox/checkouts/{checkout_id}/cancel': {
		post: {
			parameters: {
				path: { checkout_id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Checkout } } };
		};
	};
	'/v1/wallet': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Wallet } } };
		};
	};
	'/v1/wallet/budget': {
		put: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': BudgetBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Wallet } } };
		};
	};
	'/v1/wallet/transactions': {
		get: {
			parameters: {
				query?: { limit?: number; cursor?: string|null };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<WalletTransaction> } } };
		};
	};
	'/v1/wallet/lots': {
		get: {
			parameters: {
				query?: { limit?: number; cursor?: string|null };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Lot> } } };
		};
	};
	'/v1/gifts': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': GiftList } } };
		};
	};
	'/v1/streams/{id}/gifts': {
		post: {
			parameters: {
				path: { id: string };
			};
			requestBody: { content: { 'application/json': GiftBody } };
			responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Receipt } } };
		};
	};
	'/v1/posts/{id}/gifts': {
		post: {
			parameters: {
				path: { id: string };
			};
			requestBody: { content: { 'application/json': GiftBody } };
			responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Receipt } } };
		};
	};
	'/v1/streams': {
		get: {
			parameters: {
				query?: { limit?: number; cursor?: string|null };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Stream> } } };
		};
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': StreamBody } };
			responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Stream } } };
		};
	};
	'/v1/streams/{id}': {
		get: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Stream } } };
		};
	};
	'/v1/streams/{id}/end': {
		post: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Stream } } };
		};
	};
	'/v1/streams/{id}/events': {
		get: {
			parameters: {
				query?: { after?: number; limit?: number };
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': EventList } } };
		};
	};
	'/v1/streams/{id}/supporters': {
		get: {
			parameters: {
				query?: { limit?: number };
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Supporter> } } };
		};
	};
	'/v1/posts': {
		get: {
			parameters: {
				query?: { limit?: number; cursor?: string|null };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Post> } } };
		};
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': PostBody } };
			responses: { 201: { headers: Record<string, unknown>; content: { 'application/json': Post } } };
		};
	};
	'/v1/posts/{id}': {
		get: {
			parameters: {
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Post } } };
		};
	};
	'/v1/posts/{id}/supporters': {
		get: {
			parameters: {
				query?: { limit?: number };
				path: { id: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<Supporter> } } };
		};
	};
	'/v1/creator/overlay': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Overlay } } };
		};
	};
	'/v1/creator/overlay/rotate': {
		post: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Overlay } } };
		};
	};
	'/v1/overlays/{token}': {
		get: {
			parameters: {
				path: { token: string };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': OverlayRoom } } };
		};
	};
	'/v1/creator/eligibility': {
		get: {
			parameters: {
				query?: never;
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Eligibility } } };
		};
	};
	'/v1/creator/gifting': {
		post: {
			parameters: {
				query?: never;
			};
			requestBody: { content: { 'application/json': GiftingBody } };
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Eligibility } } };
		};
	};
	'/v1/creator/earnings': {
		get: {
			parameters: {
				query?: { days?: number };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Earnings } } };
		};
	};
	'/v1/creator/gifts': {
		get: {
			parameters: {
				query?: { limit?: number; cursor?: string|null };
			};
			responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': Page<ReceivedGift> } } };
		};
	};
}
