package org.cdevgate.fuse.nodes;

import org.cdevgate.abi.Errno;
import org.cdevgate.abi.ErrnoException;
import org.cdevgate.fuse.protocol.FuseOpcode;
import org.cdevgate.fuse.session.Exchange;
import org.cdevgate.fuse.session.RequestHandler;

/** Which code answers which operation. One per worker. */
final class Dispatcher implements RequestHandler {
    private final Exchange exchange;
    private final TreeRequests names;
    private final OpenRequests opens;
    private final FileRequests files;

    Dispatcher(Exchange exchange, TreeRequests names, OpenRequests opens, FileRequests files) {
        this.exchange = exchange;
        this.names = names;
        this.opens = opens;
        this.files = files;
        // The compiler keeps a table for the switch, made at its first use: for ever broken if that
        // is a request for which there is no memory.
        run(FuseOpcode.INIT);
    }

    @Override
    public void handle() {
        int errno = run(exchange.request().opcode());
        if (errno != 0) {
            exchange.replyError(errno);
        }
    }

    /** Answers a request unless it fails; the errno that is the answer then, or 0. */
    private int run(FuseOpcode opcode) {
        try {
            dispatch(opcode);
            return 0;
        } catch (ErrnoException e) {
            files.refused();
            return e.errno();
        } finally {
            files.leave();
        }
    }

    private void dispatch(FuseOpcode opcode) throws ErrnoException {
        switch (opcode) {
            case READ -> files.read();
            case WRITE -> files.write();
            case IOCTL -> files.ioctl();
            case POLL -> files.poll();
            case LSEEK -> files.lseek();
            case FLUSH -> files.flush();
            case FSYNC -> files.fsync();
            case OPEN -> opens.open();
            case RELEASE -> opens.release();
            case LOOKUP -> names.lookup();
            case FORGET, BATCH_FORGET -> names.forget();
            case GETATTR -> names.getattr();
            case SETATTR -> names.setattr();
            case READLINK -> names.readlink();
            case CREATE -> names.create();
            case MKNOD, MKDIR, SYMLINK, LINK -> names.make();
            case UNLINK, RMDIR -> names.unlink();
            case RENAME, RENAME2 -> throw Errno.EPERM.exception();
            case ACCESS -> names.access();
            case STATFS -> names.statfs();
            case OPENDIR -> names.opendir();
            case READDIR -> names.readdir();
            case RELEASEDIR -> exchange.replyError(0);
            // The kernel then asks no more and does what is usual where a file system lacks it:
            // EOPNOTSUPP for extended attributes, fallocate and O_TMPFILE, which programs take
            // as a plain no, and 0 for an fsync of a directory.
            case SETXATTR,
                    GETXATTR,
                    LISTXATTR,
                    REMOVEXATTR,
                    FALLOCATE,
                    TMPFILE,
                    FSYNCDIR,
                    GETLK,
                    SETLK,
                    SETLKW,
                    BMAP,
                    READDIRPLUS,
                    COPY_FILE_RANGE,
                    COPY_FILE_RANGE_64,
                    SETUPMAPPING,
                    REMOVEMAPPING,
                    SYNCFS,
                    STATX,
                    UNKNOWN ->
                    throw Errno.ENOSYS.exception();
            // The session's own, which come here at most in a connection that has begun.
            case INIT, INTERRUPT, DESTROY, NOTIFY_REPLY -> throw Errno.ENOSYS.exception();
        }
    }
}
