// Socket.IO on the same task: each gift is emitted to its room. No journal, no rules.
// Prints its port. BENCH_FRAME is the text of a frame, with %s for the gift's id.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const frame = process.env.BENCH_FRAME;
const http = createServer();
const io = new Server(http, {
	transports: ['websocket'],
	perMessageDeflate: false,
	serveClient: false,
	pingInterval: 3_600_000 // the load generator answers pings of WebSocket, not those of Engine.IO
});

io.on('connection', (socket) => {
	const room = socket.handshake.query.room;
	socket.join(room);
	socket.on('gift', ({ id }) => io.to(room).emit('frame', JSON.parse(frame.replace('%s', id))));
});

http.listen(0, '127.0.0.1', () => console.log(http.address().port));
